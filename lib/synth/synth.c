#include <stdio.h>

#include "lib/label/labelmap.h"
#include "lib/synth/synth.h"
#include "lib/synth/synth_scene.h"

static const char names[] =
    "ground\twall\twindow\tsign\tdisc\tring\thatch\trail";
static const char colors[] = "#606060,#a0522d,#87ceeb,#ffd700,#e6194b,#3cb44b,"
                             "#911eb4,#f58231";

/* Labels from the visible objects; a pixel whose right or lower neighbor has
   another class is ignored. */
static void
label_scene(uint8_t *label, const struct seg_synth_scene *s)
{
    for (size_t i = 0; i < (size_t)s->w * (size_t)s->h; i++)
        label[i] =
            (uint8_t)(s->top[i] ? s->object[s->top[i] - 1].class : GROUND);
    for (int y = 0; y < s->h; y++)
        for (int x = 0; x < s->w; x++) {
            uint8_t *p = label + (size_t)y * s->w + x;

            if ((x + 1 < s->w && p[1] != *p) || (y + 1 < s->h && p[s->w] != *p))
                *p = SEG_IGNORE;
        }
}

int
seg_synth_make(struct seg_record *rec, const struct seg_synth *s, uint64_t i,
    struct seg_err *e)
{
    size_t shape[] = {(size_t)s->h, (size_t)s->w, 3};
    struct seg_rng where = seg_rng_make(s->seed, NULL, "synth.scene", i);
    struct seg_rng look = seg_rng_make(s->seed, NULL,
        s->domain == SEG_SYNTH_B ? "synth.look.b" : "synth.look.a", i);
    struct seg_synth_scene scene;
    char key[40];

    seg_record_clear(rec);
    snprintf(key, sizeof key, "synth/%05llu", (unsigned long long)i);
    if (seg_record_set(rec, "seg.key", key, e) ||
        seg_record_set(rec, "seg.classes", names, e) ||
        seg_record_set(rec, "seg.palette", colors, e) ||
        seg_record_set(rec, "seg.ignore", "255", e))
        return -1;
    if (!seg_record_add(rec, "image", SEG_U8, 3, shape, e))
        return -1;
    struct seg_tensor *label =
        seg_record_add(rec, "label", SEG_U8, 2, shape, e);
    if (!label ||
        seg_synth_scene_draw(&scene, &rec->arena, s->w, s->h, &where, e))
        return -1;
    label_scene(label->data, &scene);
    return seg_synth_scene_paint(seg_record_find(rec, "image")->data, &scene,
        &rec->arena, s->domain, &look, e);
}
