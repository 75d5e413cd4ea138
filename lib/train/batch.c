#include <stdio.h>
#include <string.h>

#include "lib/train/batch.h"

enum { NAME = 400 };

static char *
name_of(char *text, const struct seg_batch *b, const struct seg_record *rec)
{
    snprintf(text, NAME, "%s: %s", b->source, seg_record_short_name(rec));
    return text;
}

/* The tensor `name` of rec; fails if it is missing or not h x w (h 0: any
   size). */
static const struct seg_tensor *
find_tensor(const struct seg_batch *b, const struct seg_record *rec,
    const char *name, int rank, size_t h, size_t w, struct seg_err *e)
{
    const struct seg_tensor *t = seg_record_find(rec, name);
    char at[NAME], text[120];

    if (!t) {
        seg_fail(e, SEG_EDATA, "%s: no tensor %s%s", name_of(at, b, rec), name,
            strcmp(name, "image.1") ? "" : ": two views are needed");
        return NULL;
    }
    if (t->rank != rank || !t->bytes) {
        seg_fail(e, SEG_EDATA, "%s: %s is %s, wanted %s", name_of(at, b, rec),
            name, seg_tensor_describe(text, sizeof text, t),
            rank == 3 ? "[height,width,channels]" : "[height,width] u8");
        return NULL;
    }
    if (h && (t->shape[0] != h || t->shape[1] != w)) {
        seg_fail(e, SEG_EDATA,
            "%s: %s is %zux%zu, but that of %s is %zux%zu: one size is needed",
            name_of(at, b, rec), name, t->shape[1], t->shape[0], b->first_key,
            w, h);
        return NULL;
    }
    return t;
}

int
seg_batch_start(struct seg_batch *b, const struct seg_record *rec,
    struct seg_arena *a, struct seg_err *e)
{
    const struct seg_tensor *t = find_tensor(b, rec, "image", 3, 0, 0, e);
    size_t items = (size_t)b->passes * b->records, pixels, floats;

    if (!t)
        return -1;
    if (t->shape[0] > INT32_MAX || t->shape[1] > INT32_MAX ||
        seg_mul(&pixels, items, t->shape[0] * t->shape[1]) ||
        seg_mul(&floats, pixels, (size_t)b->views * b->normalize.c))
        return seg_fail(e, SEG_EMEM, "a batch of this size does not fit");
    b->h = (int)t->shape[0];
    b->w = (int)t->shape[1];
    b->first_key = seg_take_string(a, seg_record_short_name(rec), e);
    b->x = seg_take_dirty(a, floats, sizeof *b->x, e);
    b->label = b->unlabeled ? NULL : seg_take_dirty(a, pixels, 1, e);
    b->valid = b->wants_valid ? seg_take_dirty(a, pixels, 1, e) : NULL;
    b->known.arena = a;
    b->gap = seg_take_dirty(a, t->shape[0] * t->shape[1], 1, e);
    for (int i = 0; i < 256; i++)
        b->allowed[i] = i < b->classes || i == b->ignore;
    return b->first_key && b->x && (b->label || b->unlabeled) &&
                   (b->valid || !b->wants_valid) && b->gap
               ? 0
               : -1;
}

static int
put_label(struct seg_batch *b, int at, const struct seg_record *rec,
    struct seg_err *e)
{
    size_t n = (size_t)b->h * b->w;
    const struct seg_tensor *t =
        find_tensor(b, rec, "label", 2, (size_t)b->h, (size_t)b->w, e);
    char text[NAME];

    if (!t)
        return -1;
    if (t->type != SEG_U8)
        return seg_fail(e, SEG_EDATA, "%s: label is %s, wanted u8",
            name_of(text, b, rec), seg_type_name(t->type));
    const uint8_t *y = t->data;
    for (size_t i = 0; i < n; i++)
        if (!b->allowed[y[i]])
            return seg_fail(e, SEG_EDATA,
                "%s: label: value %d at (x %zu, y %zu) is neither a class "
                "(0..%d) nor the ignore value %d",
                name_of(text, b, rec), y[i], i % b->w, i / b->w, b->classes - 1,
                b->ignore);
    memcpy(b->label + at * n, y, n);
    return 0;
}

/* Counts pixels without data in the image, in any augmented view, and ignores
   the label there. */
static void
ignore_gaps(struct seg_batch *b, int at, const struct seg_tensor *image,
    const char *key)
{
    size_t n = (size_t)b->h * b->w;

    if (!seg_nodata_find(b->gap, &b->normalize.nodata, image, 0, n))
        return;
    if (b->label)
        seg_nodata_ignore(b->label + at * n, b->gap, n, b->ignore);
    if (b->valid)
        seg_nodata_ignore(b->valid + at * n, b->gap, n, b->ignore);
    seg_nodata_count_add(&b->gaps, image, b->gap, key);
}

/* Offset in x of a view of the record at a position. */
static size_t
image_at(const struct seg_batch *b, int at, int view)
{
    int pass = at / b->records, slot = at % b->records;

    return ((size_t)(pass * b->views + view) * b->records + slot) * b->h *
           b->w * b->normalize.c;
}

int
seg_batch_put(struct seg_batch *b, int at, const struct seg_record *rec,
    struct seg_err *e)
{
    static const char *const name[] = {"image", "image.1"};
    size_t n = (size_t)b->h * b->w;
    char text[NAME];

    if ((!b->unlabeled && seg_known_classes_check(
                              &b->known, rec, name_of(text, b, rec), e)) ||
        seg_normalize_prepare(&b->normalize, rec, name_of(text, b, rec), e))
        return -1;
    for (int v = 0; v < b->views; v++) {
        const struct seg_tensor *t =
            find_tensor(b, rec, name[v], 3, (size_t)b->h, (size_t)b->w, e);

        if (!t || seg_normalize_image(b->x + image_at(b, at, v), (size_t)b->w,
                      t, &b->normalize, name_of(text, b, rec), e))
            return -1;
    }
    if (!b->unlabeled && put_label(b, at, rec, e))
        return -1;
    if (b->valid)
        memset(b->valid + at * n, b->ignore == 0, n);
    for (int v = 0; v < b->views; v++)
        ignore_gaps(
            b, at, seg_record_find(rec, name[v]), name_of(text, b, rec));
    return b->also ? b->also(b->with, at, rec, name_of(text, b, rec), e) : 0;
}

void
seg_batch_count(struct seg_batch *b, const struct seg_record *rec)
{
    const struct seg_tensor *t = seg_record_find(rec, "label");

    if (b->unlabeled || !t || t->type != SEG_U8)
        return;
    const uint8_t *y = t->data;
    for (size_t i = 0; i < t->bytes; i++)
        b->pixels[y[i]]++;
    b->labels++;
}

size_t
seg_batch_floats(const struct seg_batch *b)
{
    return (size_t)b->views * b->records * b->h * b->w * b->normalize.c;
}

const float *
seg_batch_x(const struct seg_batch *b, int pass)
{
    return b->x + pass * seg_batch_floats(b);
}

const uint8_t *
seg_batch_label(const struct seg_batch *b, int pass)
{
    return b->label ? b->label + (size_t)pass * b->records * b->h * b->w : NULL;
}

const uint8_t *
seg_batch_valid(const struct seg_batch *b, int pass)
{
    return b->valid ? b->valid + (size_t)pass * b->records * b->h * b->w : NULL;
}

const float *
seg_batch_image(const struct seg_batch *b, int at, int view)
{
    return b->x + image_at(b, at, view);
}
