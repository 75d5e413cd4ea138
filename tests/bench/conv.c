/*
 * Convolution: conv [REPEATS [THREADS]]
 *
 * Rates of every method and pass of convolution, as a table: shape, CPU level,
 * threads, method (* marks the one a plan chooses), GFLOP/s of the direct sum
 * (2 x multiply and add, also for Winograd) forward, backward to data, backward
 * to weights.  Methods and passes take turns; the best repeat counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/kernel/conv_kernel.h"
#include "lib/kernel/cpu.h"

struct shape {
    const char *name;
    int n, h, w, c, k, side, stride, dilation, pad, groups;
};

static const struct shape shapes[] = {
    {"3x3 64>64 120x160", 8, 120, 160, 64, 64, 3, 1, 1, 1, 1},
    {"3x3 128>128 60x80", 8, 60, 80, 128, 128, 3, 1, 1, 1, 1},
    {"3x3 256>256 d2 30x40", 8, 30, 40, 256, 256, 3, 1, 2, 2, 1},
    {"3x3 256>256 d12 16x16", 8, 16, 16, 256, 256, 3, 1, 12, 12, 1},
    {"3x3 32>32 256x256", 8, 256, 256, 32, 32, 3, 1, 1, 1, 1},
    {"3x3 24>24 128x160", 8, 128, 160, 24, 24, 3, 1, 1, 1, 1},
    {"3x3 16>16 128x160", 8, 128, 160, 16, 16, 3, 1, 1, 1, 1},
    {"3x3 3>24 128x160", 8, 128, 160, 3, 24, 3, 1, 1, 1, 1},
    {"3x3 48>24 128x160", 8, 128, 160, 48, 24, 3, 1, 1, 1, 1},
    {"1x1 256>64 60x80", 8, 60, 80, 256, 64, 1, 1, 1, 0, 1},
    {"1x1 64>256 60x80", 8, 60, 80, 64, 256, 1, 1, 1, 0, 1},
    {"1x1/2 256>512 60x80", 8, 60, 80, 256, 512, 1, 2, 1, 0, 1},
    {"2x2/2 48<96 64x80", 8, 64, 80, 48, 96, 2, 2, 1, 0, 1},
    {"7x7/2 3>64 240x320", 8, 240, 320, 3, 64, 7, 2, 1, 3, 1},
    {"3x3/2 64>128 60x80", 8, 60, 80, 64, 128, 3, 2, 1, 1, 1},
    {"3x3 depthwise 256 60x80", 8, 60, 80, 256, 256, 3, 1, 1, 1, 256},
    {"3x3 32 groups 128 60x80", 8, 60, 80, 128, 128, 3, 1, 1, 1, 32},
};
enum { METHODS = 2, PASSES = SEG_CONV_PASSES };

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Floats in [-0.5, 0.5) in blocks of 2 MiB, touched: page faults stay out. */
static float *
grab(size_t bytes)
{
    size_t unit = 2 << 20;
    bytes = (bytes + unit - 1) / unit * unit + unit;
    float *p = aligned_alloc(unit, bytes);
    if (!p)
        abort();
    for (size_t i = 0; i < bytes / sizeof *p; i++)
        p[i] = (float)(i * 2654435761u >> 16 & 255) / 256 - 0.5f;
    return p;
}

struct layer {
    float *x, *y, *w, *dx, *dy, *dw;
    float *packed[METHODS][PASSES], *scratch[METHODS][PASSES];
    double best[METHODS][PASSES];
};

static void
run(struct layer *l, const struct seg_conv *cv, int m, int pass)
{
    double start = now();
    float *packed = l->packed[m][pass], *scratch = l->scratch[m][pass];
    if (pass == SEG_CONV_FORWARD)
        seg_conv_forward(l->y, l->x, packed, NULL, cv, scratch);
    else if (pass == SEG_CONV_DATA)
        seg_conv_backward_data(l->dx, l->dy, packed, 0, cv, scratch);
    else
        seg_conv_backward_weights(l->dw, l->x, l->dy, 0, cv, scratch);
    double took = now() - start;
    if (took < l->best[m][pass])
        l->best[m][pass] = took;
}

/* The plan with the other method where m says so and the shape allows it. */
static struct seg_conv
planned(const struct shape *s, int threads, int m)
{
    struct seg_conv cv = {.n = s->n,
        .h = s->h,
        .w = s->w,
        .c = s->c,
        .k = s->k,
        .kh = s->side,
        .kw = s->side,
        .stride = s->stride,
        .dilation = s->dilation,
        .groups = s->groups,
        .pad_y = s->pad,
        .pad_x = s->pad,
        .threads = threads,
        .exact = !m};
    if (seg_conv_plan(&cv))
        abort();
    for (int p = 0; m && p < PASSES; p++)
        cv.method[p] = WINOGRAD;
    return cv;
}

static void
time_shape(const struct shape *s, int threads, int repeats)
{
    int methods = s->side == 3 && s->stride == 1 && s->groups == 1 ? 2 : 1;
    struct seg_conv cv[METHODS], chosen = planned(s, threads, 0);
    struct layer l = {0};
    chosen.exact = 0;
    if (seg_conv_plan(&chosen))
        abort();
    size_t ny = (size_t)s->n * chosen.oh * chosen.ow * s->k;
    size_t nx = (size_t)s->n * s->h * s->w * s->c;
    size_t nw = (size_t)s->k * s->side * s->side * s->c / s->groups;
    l.x = grab(nx * 4), l.dx = grab(nx * 4), l.y = grab(ny * 4);
    l.dy = grab(ny * 4), l.w = grab(nw * 4), l.dw = grab(nw * 4);
    for (int m = 0; m < methods; m++) {
        cv[m] = planned(s, threads, m);
        for (int p = 0; p < PASSES; p++) {
            enum seg_conv_pass pass = (enum seg_conv_pass)p;
            l.best[m][p] = 1e9;
            l.scratch[m][p] = grab(seg_conv_scratch(&cv[m], pass));
            l.packed[m][p] = grab(seg_conv_packed(&cv[m], pass) * 4);
            if (pass != SEG_CONV_WEIGHTS)
                seg_conv_pack(l.packed[m][p], l.w, NULL, &cv[m], pass);
        }
    }
    for (int r = 0; r < repeats; r++)
        for (int i = 0; i < methods * PASSES; i++)
            run(&l, &cv[i / PASSES], i / PASSES, i % PASSES);
    double flops = 2.0 * (double)ny * s->side * s->side * s->c / s->groups;
    for (int m = 0; m < methods; m++) {
        static const char *const names[] = {"direct", "winograd", "depthwise"};
        printf("%s\t%s\t%d\t%s", s->name, seg_cpu_name(seg_cpu_level()),
            threads, names[cv[m].method[0]]);
        for (int p = 0; p < PASSES; p++) {
            printf("\t%.1f%s", flops / l.best[m][p] * 1e-9,
                chosen.method[p] == cv[m].method[p] ? "*" : "");
            free(l.packed[m][p]);
            free(l.scratch[m][p]);
        }
        putchar('\n');
    }
    fflush(stdout);
    free(l.x), free(l.dx), free(l.y), free(l.dy), free(l.w), free(l.dw);
}

static int
argument(int argc, char **argv, int i, int normal)
{
    int n = i < argc ? atoi(argv[i]) : normal;
    if (n >= 1)
        return n;
    fprintf(stderr, "usage: %s [repeats [threads]]\n", argv[0]);
    exit(64);
}

int
main(int argc, char **argv)
{
    int repeats = argument(argc, argv, 1, 5);
    int threads = argument(argc, argv, 2, 2);
    puts("shape\tcpu\tthreads\tmethod\tforward\tdata\tweights");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        time_shape(&shapes[i], threads, repeats);
    return 0;
}
