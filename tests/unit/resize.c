/*
 * Resizing against triangle filters in double, known values, and its adjoint.
 */
#include "lib/kernel/resize.h"
#include "tests/unit/kernels.h"

static const struct seg_resize shapes[] = {
    {.n = 1, .h = 1, .w = 1, .c = 3, .oh = 4, .ow = 5},
    {.n = 2, .h = 4, .w = 5, .c = 7, .oh = 16, .ow = 20},
    {.n = 1, .h = 5, .w = 4, .c = 16, .oh = 33, .ow = 25},
    {.n = 2, .h = 7, .w = 3, .c = 40, .oh = 7, .ow = 3},
    {.n = 1, .h = 9, .w = 8, .c = 5, .oh = 5, .ow = 3},
    {.n = 1, .h = 17, .w = 13, .c = 2, .oh = 1, .ow = 1},
    {.n = 1, .h = 3, .w = 6, .c = 17, .oh = 10, .ow = 37},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static double
place(int i, int from, int to, int align)
{
    double p = align ? (to > 1 ? (double)i * (from - 1) / (to - 1) : 0)
                     : (i + 0.5) * from / to - 0.5;
    return p < 0 ? 0 : p > from - 1 ? from - 1 : p;
}

/* The weight of input position s in output position i. */
static double
weight(int i, int s, int from, int to, const struct seg_resize *q)
{
    if (q->mode == SEG_RESIZE_BILINEAR)
        return fmax(0, 1 - fabs(place(i, from, to, q->align) - s));
    if (q->align)
        return s == floor(place(i, from, to, 1) + 0.5);
    return s == floor((double)i * from / to);
}

/* want += the resized x, or the adjoint applied to dy */
static void
reference(double *want, const float *x, const struct seg_resize *q, int back)
{
    for (int n = 0; n < q->n; n++)
        for (int i = 0; i < q->oh; i++)
            for (int j = 0; j < q->ow; j++)
                for (int s = 0; s < q->h * q->w; s++) {
                    double w = weight(i, s / q->w, q->h, q->oh, q) *
                               weight(j, s % q->w, q->w, q->ow, q);
                    long large = ((long)n * q->oh + i) * q->ow + j;
                    long small = (long)n * q->h * q->w + s;
                    long to = back ? small : large, from = back ? large : small;
                    for (int c = 0; c < q->c && w > 0; c++)
                        want[to * q->c + c] += w * x[from * q->c + c];
                }
}

static void
check(struct seg_resize q)
{
    size_t in = (size_t)q.n * q.h * q.w * q.c;
    size_t out = (size_t)q.n * q.oh * q.ow * q.c;
    float *x = noise(in, 1), *dy = noise(out, 2), *y = grab(out * 4);
    float *dx = grab(in * 4), *y1 = grab(out * 4), *dx1 = grab(in * 4);
    double *want = calloc(out, 8), *dwant = calloc(in, 8);
    int good = 1, same = 1;
    reference(want, x, &q, 0);
    reference(dwant, dy, &q, 1);
    for (q.threads = 1; q.threads <= 3; q.threads++) {
        void *scratch = grab(seg_resize_scratch(&q));
        seg_resize_forward(y, x, &q, scratch);
        good &= distance(y, want, out) < 5e-7;
        seg_resize_backward(dx, dy, 0, &q, scratch);
        good &= distance(dx, dwant, in) < 1e-6;
        if (q.threads == 1) {
            memcpy(y1, y, out * 4);
            memcpy(dx1, dx, in * 4);
        }
        same &= !memcmp(y1, y, out * 4) && !memcmp(dx1, dx, in * 4);
        memcpy(dx, x, in * 4);
        seg_resize_backward(dx, dy, 1, &q, scratch);
        for (size_t i = 0; i < in; i++)
            good &= fabs(dx[i] - x[i] - dwant[i]) < 1e-5 * (1 + fabs(dwant[i]));
        free(scratch);
    }
    ok(good && same, "%s %s%s %dx%dx%d to %dx%d", seg_cpu_name(seg_cpu_level()),
        q.mode == SEG_RESIZE_NEAREST ? "nearest" : "bilinear",
        q.align ? " aligned" : "", q.h, q.w, q.c, q.oh, q.ow);
    free(x), free(dy), free(y), free(dx), free(y1), free(dx1);
    free(want), free(dwant);
}

/* torch.nn.functional.interpolate of 0, 1, 2, 3 to 7 columns */
static void
check_torch(void)
{
    static const double want[3][7] = {
        {0, 5 / 14., 13 / 14., 1.5, 29 / 14., 37 / 14., 3},
        {0, 0.5, 1, 1.5, 2, 2.5, 3},
        {0, 0, 1, 1, 2, 2, 3},
    };
    for (int v = 0; v < 3; v++) {
        struct seg_resize q = {.n = 1,
            .h = 1,
            .w = 4,
            .c = 1,
            .oh = 1,
            .ow = 7,
            .threads = 1,
            .align = v == 1,
            .mode = v == 2 ? SEG_RESIZE_NEAREST : SEG_RESIZE_BILINEAR};
        float x[4] = {0, 1, 2, 3}, y[7];
        void *scratch = grab(seg_resize_scratch(&q));
        seg_resize_forward(y, x, &q, scratch);
        ok(distance(y, want[v], 7) < 1e-6, "0 1 2 3 to 7 columns, way %d", v);
        free(scratch);
    }
    int stride = 1;
    for (int i = 0; i < 65; i++)
        stride &= seg_resize_nearest(i, 513, 65, 1) == 8 * i;
    ok(stride, "513 to 65, aligned, is every eighth");
}

int
main(void)
{
    check_torch();
    FOR_LEVELS(l)
    for (int v = 0; v < 4; v++)
        for (int i = 0; i < SHAPES; i++) {
            struct seg_resize q = shapes[i];
            q.mode = v & 1 ? SEG_RESIZE_NEAREST : SEG_RESIZE_BILINEAR;
            q.align = v >> 1;
            check(q);
        }
    return done();
}
