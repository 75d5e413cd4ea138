#include <stdio.h>
#include <string.h>

#include "lib/dataset/sample.h"
#include "lib/dataset/strip.h"

int
seg_strip_set(struct seg_record *rec, const char *key,
    const struct seg_strip *s, struct seg_err *e)
{
    char window[80], scene[40];
    char *name = seg_take_text(&rec->arena, e, "%s@%d,0", key, s->y);

    snprintf(window, sizeof window, "%d,0,%d,%d", s->y, s->h, s->all_w);
    snprintf(scene, sizeof scene, "%d,%d", s->all_h, s->all_w);
    return name && !seg_record_set(rec, "seg.key", name, e) &&
                   !seg_record_set(rec, "seg.window", window, e)
               ? seg_record_set(rec, "seg.scene", scene, e)
               : -1;
}

/* 1 and *s if rec is a strip, 0 if it is not, -1 with an error if it is
   inconsistent. */
static int
read_strip(struct seg_strip *s, const struct seg_record *rec, struct seg_err *e)
{
    const char *window = seg_record_meta(rec, "seg.window");
    const char *scene = seg_record_meta(rec, "seg.scene");
    struct seg_window at;
    char rest;

    if (!scene)
        return 0;
    if (!window || seg_window_parse(&at, window) ||
        sscanf(scene, "%d,%d%c", &s->all_h, &s->all_w, &rest) != 2 ||
        s->all_h < 1 || s->all_h > 1 << 20 || at.w != s->all_w || at.x != 0 ||
        at.y < 0 || at.h > s->all_h - at.y || at.flip_x || at.flip_y)
        return seg_fail(e, SEG_EDATA,
            "%s: not a strip of a scene: seg.window %.40s, seg.scene %.40s",
            seg_record_name(rec), window ? window : "missing", scene);
    s->y = at.y;
    s->h = at.h;
    for (int i = 0; i < rec->ntensors; i++) {
        const struct seg_tensor *t = rec->tensors + i;

        if (t->rank < 2 || t->shape[0] != (size_t)s->h ||
            t->shape[1] != (size_t)at.w)
            return seg_fail(e, SEG_EDATA,
                "%s: tensor %.80s is not the strip's %d x %d pixels",
                seg_record_name(rec), t->name, at.h, at.w);
    }
    return 1;
}

/* 1 if the strip rec belongs to the scene q->key. */
static int
same_scene(const struct seg_strips *q, const struct seg_record *rec,
    const struct seg_strip *s)
{
    const char *key = seg_record_key(rec), *cut = strrchr(key, '@');
    size_t n = cut ? (size_t)(cut - key) : strlen(key);

    return !strncmp(key, q->key, n) && !q->key[n] &&
           s->all_h == q->last.all_h && s->all_w == q->last.all_w;
}

int
seg_strips_complete(const struct seg_strips *q)
{
    return !q->key || q->last.y + q->last.h == q->last.all_h;
}

int
seg_strips_next(
    struct seg_strips *q, const struct seg_record *rec, struct seg_err *e)
{
    struct seg_strip s;
    int status = read_strip(&s, rec, e);
    const char *key = seg_record_key(rec), *cut = strrchr(key, '@');

    if (status < 0)
        return -1;
    if (seg_strips_complete(q)) {
        seg_arena_reset(&q->arena);
        q->key = NULL;
        if (!status)
            return 0;
        if (s.y)
            return seg_fail(e, SEG_EDATA,
                "%s: the scene's first strip begins at row %d", key, s.y);
        q->key = seg_take_bytes(
            &q->arena, key, cut ? (size_t)(cut - key) : strlen(key), e);
        q->last = s;
        return q->key ? 1 : -1;
    }
    int next = q->last.y + q->last.h;
    if (!status || !same_scene(q, rec, &s) || s.y != next)
        return seg_fail(e, SEG_EDATA,
            "%s: found instead of the strip of %s from row %d on", key, q->key,
            next);
    q->last = s;
    return 1;
}

int
seg_strips_end(struct seg_strips *q, struct seg_err *e)
{
    if (seg_strips_complete(q))
        return 0;
    return seg_fail(e, SEG_EDATA,
        "%s: the scene has %d rows, its strips end at %d", q->key,
        q->last.all_h, q->last.y + q->last.h);
}

void
seg_strips_free(struct seg_strips *q)
{
    seg_arena_free(&q->arena);
}
