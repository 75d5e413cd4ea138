/* Objects of a label image, their masks, and masks as channels. */
#include <string.h>

#include "lib/dataset/intensity.h"
#include "lib/dataset/object.h"
#include "lib/dataset/sample.h"
#include "lib/image/mask.h"
#include "tests/unit/tap.h"

enum { H = 5, W = 8 };

static struct seg_err e;

/* Class 2 is in two components, class 1 behind it; 255 is ignored. */
static uint8_t pixel[H * W + 1] = {
    0, 2, 2, 0, 0, 0, 0, 0,   /* */
    0, 0, 2, 0, 0, 1, 1, 255, /* */
    0, 0, 0, 0, 0, 1, 0, 255, /* */
    0, 0, 0, 0, 0, 0, 0, 2,   /* */
    254, 0, 0, 0, 0, 0, 2, 2, /* */
};
static const struct seg_label_image image = {pixel, H, W};

static int
is_object(
    const struct seg_objects *o, int i, int class, int y, int x, int h, int w)
{
    const struct seg_object *p = o->list + i;

    return i < o->n && p->class == class && p->y == y && p->x == x &&
           p->h == h && p->w == w;
}

/* The number of pixels of mask i; -1 if one lies outside its rectangle. */
static int
area(const struct seg_objects *o, int i)
{
    const struct seg_object *p = o->list + i;
    uint8_t mask[H * W];
    int n = 0;

    seg_object_mask(mask, o, i, &image);
    for (int k = 0; k < H * W; k++) {
        int y = k / W - p->y, x = k % W - p->x;

        if (mask[k] > 1 || (mask[k] && (y < 0 || x < 0 || y >= p->h ||
                                           x >= p->w || pixel[k] != p->class)))
            return -1;
        n += mask[k];
    }
    return n;
}

static void
test_find(void)
{
    struct seg_arena a = {0};
    struct seg_objects o;

    ok(!seg_objects_find(&o, SEG_OBJECT_CLASS, &image, SEG_ANY_CLASS, &a, &e) &&
            o.n == 3 && is_object(&o, 0, 1, 1, 5, 2, 2) &&
            is_object(&o, 1, 2, 0, 1, 5, 7) &&
            is_object(&o, 2, 254, 4, 0, 1, 1),
        "classes: the rectangle of each, in order");
    ok(area(&o, 0) == 3 && area(&o, 1) == 6 && area(&o, 2) == 1,
        "classes: masks");
    ok(!seg_objects_find(
           &o, SEG_OBJECT_COMPONENT, &image, SEG_ANY_CLASS, &a, &e) &&
            o.n == 4 && is_object(&o, 0, 1, 1, 5, 2, 2) &&
            is_object(&o, 1, 2, 0, 1, 2, 2) && is_object(&o, 2, 2, 3, 6, 2, 2),
        "components: the rectangle of each, by class");
    ok(area(&o, 1) == 3 && area(&o, 2) == 3 && area(&o, 3) == 1,
        "components: masks");
    ok(!seg_objects_find(&o, SEG_OBJECT_COMPONENT, &image, 2, &a, &e) &&
            o.n == 2 && is_object(&o, 0, 2, 0, 1, 2, 2),
        "components of one class");
    ok(!seg_objects_find(&o, SEG_OBJECT_CLASS, &image, 7, &a, &e) && !o.n,
        "a class that is not there has no object");
    uint8_t nothing[] = {0, 255, 0, 0};
    const struct seg_label_image empty = {nothing, 2, 2};
    ok(!seg_objects_find(&o, SEG_OBJECT_CLASS, &empty, SEG_ANY_CLASS, &a, &e) &&
            !o.n &&
            !seg_objects_find(
                &o, SEG_OBJECT_COMPONENT, &empty, SEG_ANY_CLASS, &a, &e) &&
            !o.n,
        "background and ignored pixels are no objects");
    seg_arena_free(&a);
}

static int
make_image(struct seg_record *r, enum seg_type type)
{
    size_t shape[] = {1, 3, 2};
    struct seg_tensor *t;

    seg_record_clear(r);
    t = seg_record_add(r, "image", type, 3, shape, &e);
    for (size_t i = 0; t && i < 6; i++)
        seg_tensor_put(t, i, (double)(i + 10));
    return t ? 0 : -1;
}

static void
test_channel(void)
{
    static const enum seg_type types[] = {
        SEG_U8, SEG_I8, SEG_I16, SEG_U16, SEG_F32};
    static const uint8_t mask[] = {0, 1, 1};
    struct seg_record r = {0};
    int n, right = 1;

    for (int k = 0; k < 5; k++) {
        right &= !make_image(&r, types[k]) &&
                 !seg_mask_append(&r, "image", mask, &e);
        const struct seg_tensor *t = seg_record_find(&r, "image");
        double in = seg_mask_inside(types[k]);
        const double want[] = {10, 11, 0, 12, 13, in, 14, 15, in};
        right &= t->shape[2] == 3 && in > 0;
        for (size_t i = 0; i < 9; i++)
            right &= seg_tensor_get(t, i) == want[i];
    }
    ok(right, "a mask is appended to images of each type");
    const struct seg_tensor *t = seg_record_find(&r, "image");
    ok(!seg_mask_bands(&n, &r, t, &e) && n == 0,
        "without seg.mask none is one");
    ok(!seg_record_set(&r, "seg.mask", "1", &e) &&
            !seg_mask_bands(&n, &r, t, &e) && n == 1,
        "seg.mask: the number of masks");
    ok(!seg_record_set(&r, "seg.mask", "3", &e) &&
            seg_mask_bands(&n, &r, t, &e),
        "an image of nothing but masks is refused");
    right = 1;
    for (int k = 0; k < 3; k++)
        right &= !seg_record_set(
                     &r, "seg.mask", (const char *[]){"", "0", "x1"}[k], &e) &&
                 seg_mask_bands(&n, &r, t, &e);
    ok(right, "a seg.mask that is not a number is refused");
    ok(!make_image(&r, SEG_F32) && !seg_record_set(&r, "seg.nodata", "1", &e) &&
            seg_mask_append(&r, "image", mask, &e) && e.kind == SEG_EDATA,
        "a mask that would have no data is refused");
    seg_record_free(&r);
}

static void
test_round(void)
{
    struct seg_record r = {0};
    size_t shape[] = {2, 2, 2};
    struct seg_tensor *t = seg_record_add(&r, "image", SEG_U8, 3, shape, &e);
    static const uint8_t before[] = {100, 127, 200, 128, 3, 0, 4, 255};
    static const uint8_t after[] = {100, 0, 200, 255, 3, 0, 4, 255};

    memcpy(t->data, before, 8);
    seg_mask_round(t, 1);
    ok(!memcmp(t->data, after, 8), "masks are rounded, images are not");
    seg_record_free(&r);
}

static void
test_intensity(void)
{
    struct seg_record r = {0};
    struct seg_intensity q;
    int good = !make_image(&r, SEG_U8) && !seg_intensity_append(&r, 255, &e) &&
               !seg_record_meta(&r, "seg.intensity");

    ok(good, "without seg.intensity nothing is appended to it");
    good = !seg_intensity_ensure(&r, &e) &&
           !seg_intensity_append(&r, 255, &e) &&
           !seg_intensity_get(&q, &r.arena, &r, "r", &e) && q.bands == 3;
    for (int i = 0; good && i < SEG_TAILS; i++)
        good &= q.low[i][2] == 0 && q.high[i][2] == 255 && q.low[i][0] >= 10;
    ok(good && q.mean[0] == 12 && q.mean[2] == 0 && q.sd[2] == 255,
        "the mask has mean 0 and the range 0 to 255");
    seg_record_free(&r);
}

int
main(void)
{
    test_find();
    test_channel();
    test_round();
    test_intensity();
    return done();
}
