#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/predict/stitch.h"
#include "formats/geometry/geo.h"
#include "lib/label/labelmap.h"

/* A window with more pixels than the record has bytes is bad data, so that a
   wrong window cannot make the image huge. */
static void
check_window(const struct seg_record *rec, const struct seg_window *win)
{
    size_t bytes = 0;

    for (int i = 0; i < rec->ntensors; i++)
        bytes += rec->tensors[i].bytes;
    if ((size_t)win->h * (size_t)win->w > bytes)
        cli_fail(SEG_EDATA, "%s: seg.window of %d x %d pixels, seen %zu bytes",
            seg_record_name(rec), win->w, win->h, bytes);
}

static void
read_patch(struct cli_patch *p, struct seg_arena *a,
    const struct seg_record *rec, int resized)
{
    struct seg_err e;
    const char *key = seg_record_key(rec), *cut = strrchr(key, '@');
    const char *window = seg_record_meta(rec, "seg.window");
    const char *scene = seg_record_meta(rec, "seg.scene");

    if (!window || !cut || seg_window_parse(&p->window, window))
        cli_fail(SEG_EDATA, "%s: not a patch: seg.window is %.60s", key,
            window ? window : "missing");
    if (!resized)
        check_window(rec, &p->window);
    p->key = cli_need(seg_take_bytes(a, key, (size_t)(cut - key), &e), &e);
    if (scene && sscanf(scene, "%d,%d", &p->all_h, &p->all_w) != 2)
        cli_fail(SEG_EDATA, "%s: seg.scene is %.60s", key, scene);
}

void
cli_patches_open(struct cli_patches *p, struct seg_reader *r, int resized)
{
    struct seg_record rec = {0};
    struct seg_err e;

    *p = (struct cli_patches){.reader = r};
    cli_check(seg_reader_index(r, &p->n, &e), &e);
    p->patch = cli_need(seg_take(&p->arena, p->n, sizeof *p->patch, &e), &e);
    for (size_t i = 0; i < p->n; i++) {
        cli_check(seg_reader_at(r, i, &rec, &e), &e);
        read_patch(p->patch + i, &p->arena, &rec, resized);
    }
    seg_record_free(&rec);
}

size_t
cli_patches_image(const struct cli_patches *p, size_t i, int *h, int *w)
{
    size_t end = i, pixels = 0;

    for (*h = *w = 0; end < p->n; end++) {
        const struct cli_patch *q = p->patch + end;
        int bottom = q->window.y + q->window.h,
            right = q->window.x + q->window.w;

        if (strcmp(q->key, p->patch[i].key))
            break;
        pixels += (size_t)q->window.h * (size_t)q->window.w;
        *h = bottom > *h ? bottom : *h;
        *w = right > *w ? right : *w;
    }
    if (p->patch[i].all_h) {
        *h = p->patch[i].all_h;
        *w = p->patch[i].all_w;
    }
    if (*h < 1 || *w < 1)
        cli_fail(SEG_EDATA, "%s: its patches lie outside the image",
            p->patch[i].key);
    if (pixels / (size_t)*w < (size_t)*h)
        cli_fail(SEG_EDATA,
            "%s: its patches have %zu pixels, which cannot cover %d x %d",
            p->patch[i].key, pixels, *w, *h);
    return end - i;
}

void
cli_patches_read(struct cli_patches *p, size_t i, struct seg_record *rec)
{
    struct seg_err e;

    cli_check(seg_reader_at(p->reader, i, rec, &e), &e);
}

void
cli_patches_label(const struct cli_patches *p, size_t i,
    const struct seg_record *rec, struct seg_record *to, int h, int w)
{
    const struct seg_tensor *from = seg_record_find(rec, "label");
    const struct seg_window *win = &p->patch[i].window;
    struct seg_tensor *label = seg_record_find(to, "label");
    struct seg_err e;

    if (!from || from->rank != 2 || from->type != SEG_U8 ||
        from->shape[0] != (size_t)win->h || from->shape[1] != (size_t)win->w)
        return;
    if (!label) {
        label = cli_need(seg_record_add(to, "label", SEG_U8, 2,
                             (size_t[]){(size_t)h, (size_t)w}, &e),
            &e);
        memset(label->data, SEG_IGNORE, label->bytes);
    }
    const uint8_t *in = from->data;
    uint8_t *out = label->data;
    for (int r = 0; r < win->h; r++)
        for (int c = 0; c < win->w; c++, in++) {
            size_t at;

            if (seg_window_at(win, r, c, h, w, &at))
                out[at] = *in;
        }
}

void
cli_patches_describe(
    const struct cli_patches *p, size_t i, struct seg_record *rec)
{
    const struct cli_patch *q = p->patch + i;
    struct seg_err e;

    cli_check(seg_record_set(rec, "seg.key", q->key, &e), &e);
    cli_check(seg_geo_crop(rec, -q->window.x, -q->window.y, 1, 1, &e), &e);
    seg_record_unset(rec, "seg.window");
    seg_record_unset(rec, "seg.scene");
    seg_record_unset(rec, "seg.draw");
}

void
cli_patches_close(struct cli_patches *p)
{
    seg_arena_free(&p->arena);
}
