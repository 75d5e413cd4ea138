#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/dataset/mix.h"
#include "lib/dataset/sample.h"
#include "lib/label/labelmap.h"

/* The pixels to paste. */
struct paste {
    uint8_t *mask; /* h,w */
    int h, w;
    char *text; /* for seg.mix; NULL: no pixels */
};

struct seg_rectangle
seg_rectangle_draw(struct seg_rng *r, double side, int h, int w)
{
    struct seg_rectangle q = {
        .h = (int)fmax(1, round(side * h)), .w = (int)fmax(1, round(side * w))};

    q.y = (int)seg_rng_below(r, (uint64_t)(h - q.h) + 1);
    q.x = (int)seg_rng_below(r, (uint64_t)(w - q.w) + 1);
    return q;
}

static int
draw_rectangle(
    struct paste *p, struct seg_rng *r, struct seg_arena *a, struct seg_err *e)
{
    struct seg_rectangle q =
        seg_rectangle_draw(r, sqrt(seg_rng_unit(r)), p->h, p->w);

    for (int i = q.y; i < q.y + q.h; i++)
        memset(p->mask + (size_t)i * (size_t)p->w + q.x, 1, (size_t)q.w);
    p->text = seg_take_text(a, e, "cutmix %d,%d,%d,%d", q.y, q.x, q.h, q.w);
    return p->text ? 0 : -1;
}

/* The classes of a label of n pixels, without SEG_IGNORE; returns their
   number. */
static int
list_classes(int class[256], const uint8_t *label, size_t n)
{
    uint8_t present[256] = {0};
    int classes = 0;

    for (size_t i = 0; i < n; i++)
        present[label[i]] = 1;
    for (int c = 0; c < SEG_IGNORE; c++)
        if (present[c])
            class[classes++] = c;
    return classes;
}

static int
draw_classes(struct paste *p, const struct seg_record *from, struct seg_rng *r,
    struct seg_arena *a, struct seg_err *e)
{
    size_t pixels = (size_t)p->h * (size_t)p->w;
    const uint8_t *label;
    uint8_t chosen[256] = {0};
    int class[256];

    if (seg_sample_label(&label, from, p->h, p->w, e))
        return -1;
    int n = list_classes(class, label, pixels);
    seg_rng_shuffle(r, class, n);
    for (int k = 0; k < n / 2; k++) {
        chosen[class[k]] = 1;
        p->text = seg_take_text(
            a, e, "%s%c%d", k ? p->text : "classmix", k ? ',' : ' ', class[k]);
        if (!p->text)
            return -1;
    }
    for (size_t i = 0; i < pixels; i++)
        p->mask[i] = chosen[label[i]];
    return 0;
}

static int
fail_pair(const struct seg_record *rec, const struct seg_record *from,
    const char *what, struct seg_err *e)
{
    return seg_fail(e, SEG_EDATA, "%s: cannot be mixed with %s: %s differs",
        seg_record_name(rec), seg_record_name(from), what);
}

/* Fails if the two records cannot be mixed; h, w: size of rec. */
static int
check_pair(const struct seg_record *rec, const struct seg_record *from, int h,
    int w, struct seg_err *e)
{
    const char *a = seg_record_meta(rec, "seg.nodata");
    const char *b = seg_record_meta(from, "seg.nodata");
    const uint8_t *label;
    int other_h, other_w;

    if (seg_sample_size(&other_h, &other_w, from, e))
        return -1;
    if (h != other_h || w != other_w)
        return seg_fail(e, SEG_EDATA,
            "%s: %d x %d pixels cannot be mixed with %d x %d of %s",
            seg_record_name(rec), w, h, other_w, other_h,
            seg_record_name(from));
    if (!a != !b || (a && strcmp(a, b)))
        return fail_pair(rec, from, "seg.nodata", e);
    /* a label of another size would not be mixed */
    return seg_record_find(rec, "label")
               ? seg_sample_label(&label, rec, h, w, e)
               : 0;
}

/* Replaces a tensor of rec by a copy with the pasted pixels. */
static int
paste_tensor(struct seg_record *rec, const struct seg_tensor *t,
    const struct seg_record *from, const struct paste *p, struct seg_err *e)
{
    const struct seg_tensor *other = seg_record_find(from, t->name), old = *t;
    size_t n = old.shape[0] * old.shape[1], px = old.bytes / n;

    if (!other || other->type != old.type || other->rank != old.rank ||
        other->bytes != old.bytes)
        return fail_pair(rec, from, t->name, e);
    struct seg_tensor *mixed =
        seg_record_add(rec, old.name, old.type, old.rank, old.shape, e);
    if (!mixed)
        return -1;
    char *to = mixed->data;
    memcpy(to, old.data, old.bytes);
    for (size_t i = 0; i < n; i++)
        if (p->mask[i])
            memcpy(to + i * px, (const char *)other->data + i * px, px);
    return 0;
}

int
seg_mix_apply(struct seg_record *rec, const struct seg_record *from,
    enum seg_mix how, struct seg_rng *r, struct seg_err *e)
{
    struct seg_arena *a = &rec->arena;
    struct paste p = {.text = NULL};

    if (seg_sample_size(&p.h, &p.w, rec, e) ||
        check_pair(rec, from, p.h, p.w, e))
        return -1;
    p.mask = seg_take(a, (size_t)p.h * (size_t)p.w, 1, e);
    if (!p.mask || (how == SEG_CUTMIX ? draw_rectangle(&p, r, a, e)
                                      : draw_classes(&p, from, r, a, e)))
        return -1;
    for (int i = 0; p.text && i < rec->ntensors; i++) {
        const struct seg_tensor *t = rec->tensors + i;

        if (t->rank >= 2 && t->rank <= 3 && t->bytes &&
            t->shape[0] == (size_t)p.h && t->shape[1] == (size_t)p.w &&
            paste_tensor(rec, t, from, &p, e))
            return -1;
    }
    if (!p.text)
        return 0;
    const char *text =
        seg_take_text(a, e, "%s %s", p.text, seg_record_key(from));
    return text ? seg_record_set(rec, "seg.mix", text, e) : -1;
}
