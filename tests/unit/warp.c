/* Patches that are rotated or deformed: quarter turns are exact, all tensors
   move together, outside is ignored. */
#include <math.h>
#include <string.h>

#include "lib/dataset/sample.h"
#include "lib/image/warp.h"
#include "lib/label/labelmap.h"
#include "tests/unit/tap.h"

enum { H = 60, W = 80, BANDS = 5 };

static struct seg_err e;

static struct seg_sample
settings(int w, int h)
{
    return (struct seg_sample){.w = w,
        .h = h,
        .stride = {w, h},
        .scale = {1, 1},
        .max_share = 1,
        .seed = 7};
}

/* Band 0 of depth is the row, the others the column; the label is a mosaic;
   core is 1 at two pixels or more from the edge. */
static int
make_image(struct seg_record *r)
{
    size_t shape[] = {H, W, BANDS};

    seg_record_clear(r);
    if (seg_record_set(r, "seg.key", "a", &e) ||
        !seg_record_add(r, "image", SEG_U16, 3, shape, &e) ||
        !seg_record_add(r, "label", SEG_U8, 2, shape, &e) ||
        !seg_record_add(r, "core", SEG_U8, 2, shape, &e) ||
        !seg_record_add(r, "depth", SEG_F32, 3, shape, &e))
        return -1;
    uint16_t *x = seg_record_find(r, "image")->data;
    uint8_t *y = seg_record_find(r, "label")->data;
    uint8_t *core = seg_record_find(r, "core")->data;
    float *d = seg_record_find(r, "depth")->data;
    for (int i = 0; i < H * W; i++) {
        core[i] = i / W >= 2 && i / W < H - 2 && i % W >= 2 && i % W < W - 2;
        y[i] = (uint8_t)((i / W / 8 + i % W / 8) % 5);
        for (int b = 0; b < BANDS; b++) {
            d[BANDS * i + b] = (float)(b ? i % W : i / W);
            x[BANDS * i + b] = (uint16_t)(100 * (b ? i % W : i / W) + b);
        }
    }
    return 0;
}

static int
equal(const struct seg_record *a, const struct seg_record *b)
{
    int same = a->ntensors == b->ntensors;

    for (int i = 0; same && i < a->ntensors; i++)
        same = a->tensors[i].bytes == b->tensors[i].bytes &&
               !memcmp(
                   a->tensors[i].data, b->tensors[i].data, a->tensors[i].bytes);
    return same;
}

static void
test_turns(void)
{
    struct seg_sample s = settings(24, 16), t = settings(16, 24);
    struct seg_record in = {0}, plain = {0}, out[2];
    struct seg_window win = {.y = 9, .x = 21, .h = 16, .w = 24};
    int same = !make_image(&in), around = 1;

    memset(out, 0, sizeof out);
    same &= !seg_sample_cut(&plain, &in, &win, &s, &e);
    same &= !seg_sample_cut(out, &in, &win, &s, &e);
    for (int k = 0; same && k < 4; k++) { /* out[k & 1] is turned k times */
        const struct seg_window at = {
            .h = k & 1 ? 24 : 16, .w = k & 1 ? 16 : 24, .turn = 1};

        same &= !seg_sample_cut(
            out + !(k & 1), out + (k & 1), &at, k & 1 ? &s : &t, &e);
        around &= equal(&plain, out + !(k & 1)) == (k == 3);
    }
    ok(same && around, "four quarter turns and no fewer are the identity");
    for (int k = 1; k < 4; k++) {
        win = (struct seg_window){.y = 9, .x = 21, .h = 16, .w = 16, .turn = k};
        s = settings(16, 16);
        same &= !seg_sample_cut(&plain, &in, &win, &s, &e);
        win.turn = 0;
        win.angle = 90 * k;
        same &= !seg_sample_cut(out, &in, &win, &s, &e) && equal(&plain, out);
    }
    ok(same, "a turn is the rotation by that angle");
    seg_record_free(&in);
    seg_record_free(&plain);
    seg_record_free(out);
    seg_record_free(out + 1);
}

/* 1 if image and label of each pixel in the core are those at the place that
   depth says; counts the ignored pixels. */
static int
follows(const struct seg_record *out, int n, int *ignored)
{
    const float *d = seg_record_find(out, "depth")->data;
    const uint16_t *x = seg_record_find(out, "image")->data;
    const uint8_t *l = seg_record_find(out, "label")->data;
    const uint8_t *core = seg_record_find(out, "core")->data;
    int right = 1;

    for (int i = 0; i < n; i++) {
        const float *p = d + (size_t)BANDS * i;
        float fy = p[0] - floorf(p[0]), fx = p[1] - floorf(p[1]);
        int y = (int)floorf(p[0] + 0.5f), v = (int)floorf(p[1] + 0.5f);

        *ignored += l[i] == SEG_IGNORE;
        if (!core[i] || fabsf(fy - 0.5f) < 0.01f || fabsf(fx - 0.5f) < 0.01f)
            continue;
        right &= l[i] == (y / 8 + v / 8) % 5;
        for (int b = 0; b < BANDS; b++)
            right &= fabsf(100 * p[b] + (float)b -
                           (float)x[(size_t)BANDS * i + b]) < 0.51f;
    }
    return right;
}

static void
test_follows(void)
{
    struct seg_sample s = settings(32, 24);
    struct seg_record in = {0}, out = {0}, again = {0};
    struct seg_window win;
    int right = !make_image(&in), same = 1, ignored = 0;

    s.angle[0] = -50;
    s.angle[1] = 50;
    s.shear[0] = -20;
    s.shear[1] = 20;
    s.shift = 0.3;
    s.elastic = 2;
    s.smooth = 6;
    s.turn = s.flip_x = s.flip_y = 1;
    for (uint64_t i = 0; right && i < 100; i++) {
        right &= !seg_sample_window(&win, &in, &s, -1, i, &e) &&
                 !seg_sample_cut(&out, &in, &win, &s, &e) &&
                 follows(&out, 32 * 24, &ignored);
        same &=
            !seg_sample_cut(&again, &in, &win, &s, &e) && equal(&out, &again);
    }
    ok(right, "image, label and other tensors move together");
    ok(ignored > 0, "what lies outside the image is ignored");
    ok(same, "a window says the whole deformation");
    /* In the middle of the image nothing comes from outside. */
    ignored = 0;
    s = settings(20, 20);
    win = (struct seg_window){.y = 20, .x = 30, .h = 20, .w = 20, .angle = 45};
    right &= !seg_sample_cut(&out, &in, &win, &s, &e) &&
             follows(&out, 20 * 20, &ignored);
    ok(right && !ignored, "corners come from around the window");
    s = settings(W, H);
    win = (struct seg_window){.h = H, .w = W, .angle = 90};
    right &= !seg_sample_cut(&out, &in, &win, &s, &e) &&
             follows(&out, W * H, &ignored);
    ok(right && ignored == (W - H) * H,
        "an image on its side leaves two strips");
    seg_record_free(&in);
    seg_record_free(&out);
    seg_record_free(&again);
}

/* The only pixel of class 7, in a corner of the image, is in every patch. */
static void
test_class(void)
{
    struct seg_sample s = settings(16, 16);
    struct seg_record in = {0}, out = {0};
    struct seg_window win;
    int has = !make_image(&in);
    uint8_t *label = seg_record_find(&in, "label")->data;

    for (int i = 0; i < 9; i++)
        label[i / 3 * W + i % 3] = 7;
    s.angle[0] = -180;
    s.angle[1] = 180;
    s.shear[0] = -30;
    s.shear[1] = 30;
    s.turn = 1;
    for (uint64_t i = 0; i < 200; i++)
        has &= !seg_sample_window(&win, &in, &s, 7, i, &e) &&
               !seg_sample_cut(&out, &in, &win, &s, &e) &&
               memchr(seg_record_find(&out, "label")->data, 7, 16 * 16);
    ok(has, "a patch of a class has it after any rotation");
    seg_record_free(&in);
    seg_record_free(&out);
}

static void
test_field(void)
{
    enum { N = 64 };
    struct seg_arena a = {0};
    double squares = 0, step = 0;
    float *d = seg_elastic_field(N, N, 3, 8, 5, &a, &e);

    for (int i = 0; d && i < 2 * N * N; i++)
        squares += (double)d[i] * (double)d[i];
    for (int i = 0; d && i < 2 * N * (N - 1); i++)
        step = fmax(step, fabs((double)(d[i + 2 * N] - d[i])));
    ok(d && fabs(sqrt(squares / (2 * N * N)) - 3) < 1e-3,
        "the displacement has the standard deviation asked for");
    ok(step > 0 && step < 2, "and is smooth: at most %.2f between rows", step);
    seg_arena_free(&a);
}

/* Nodata does not spread as a value: a pixel is a gap or between its
   neighbors. */
static void
test_nodata(void)
{
    struct seg_nodata nodata = {1, -999};
    float x[9 * 9], y[7 * 7], at[2 * 7 * 7];
    struct seg_tensor in = {"image", SEG_F32, 3, {9, 9, 1}, sizeof x, x};
    struct seg_tensor out = {"image", SEG_F32, 3, {7, 7, 1}, sizeof y, y};
    struct seg_arena a = {0};
    int gaps = 0, right = 1;

    for (int i = 0; i < 81; i++)
        x[i] = i == 40 ? -999 : 10;
    for (int i = 0; i < 49; i++) {
        at[2 * i] = (float)(i / 7) + 0.75f;
        at[2 * i + 1] = (float)(i % 7) + 0.25f;
    }
    right &=
        !seg_image_warp(&out, &in, at, SEG_RESIZE_BILINEAR, &nodata, &a, &e);
    for (int i = 0; i < 49; i++) {
        gaps += y[i] == -999;
        right &= y[i] == -999 || fabsf(y[i] - 10) < 1e-5f;
    }
    ok(right && gaps == 4, "pixels next to a gap are gaps, others untouched");
    seg_arena_free(&a);
}

int
main(void)
{
    test_turns();
    test_follows();
    test_class();
    test_field();
    test_nodata();
    return done();
}
