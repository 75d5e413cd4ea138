/*
 * Convolution: conv [-r REPEATS] [SHAPE...], conv SHAPE serve
 *
 * Prints a table of the speed of every method and pass of convolution: shape,
 * CPU level, threads, method (* marks the method that planning chooses),
 * GFLOP/s of the direct sum (2 for each multiply-add, also for Winograd)
 * forward, backward-data, backward-weights.  Methods and passes take turns; the
 * best repeat is printed.
 *
 * A shape is SIDExSIDE[/STRIDE] C>K HxW [d DILATION] [g GROUPS], for example
 * "3x3 64>64 120x160".  HxW is the size of each of the 8 input images; the
 * padding is dilation (side - 1)/2.  With serve, one shape runs as planned,
 * with packed weights, as a program for tests/bench/pair (work forward, data,
 * weights).  The peer is tests/bench/peer.py.
 * Environment: SEG_THREADS (2), SEG_CPU.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/kernel/conv/conv_kernel.h"
#include "lib/simd/cpu.h"
#include "tests/bench/serve.h"

static const char *const shapes[] = {
    "3x3 64>64 120x160",
    "3x3 128>128 60x80",
    "3x3 256>256 30x40 d2",
    "3x3 256>256 16x16 d12",
    "3x3 32>32 256x256",
    "3x3 24>24 128x160",
    "3x3 16>16 128x160",
    "3x3 48>24 128x160",
    "3x3 3>24 128x160",
    "3x3 3>32 256x256",
    "7x7/2 3>64 240x320",
    "1x1 64>64 64x64",
    "1x1 64>256 60x80",
    "1x1 256>64 60x80",
    "1x1 512>128 32x32",
    "1x1 256>1024 16x16",
    "1x1 1024>256 16x16",
    "1x1 2048>256 16x16",
    "1x1/2 256>512 60x80",
    "3x3/2 64>128 60x80",
    "3x3/2 256>256 32x32",
    "2x2/2 32>64 256x256",
    "2x2/2 128>256 64x64",
    "3x3 256>256 60x80 g256",
    "3x3 128>128 60x80 g32",
};
enum { BATCH = 8, METHODS = 2, PASSES = SEG_CONV_PASSES };

/* The convolution that a shape describes, not yet planned. */
static struct seg_conv
parse(const char *shape)
{
    const char *threads = getenv("SEG_THREADS"), *more;
    int side, other, stride = 1, at = 0;
    struct seg_conv cv = {.n = BATCH, .dilation = 1, .groups = 1};

    if (sscanf(shape, "%dx%d%n", &side, &other, &at) < 2 || side != other)
        bench_die("a shape reads SIDExSIDE[/STRIDE] C>K HxW [dD] [gG]");
    if (shape[at] == '/')
        sscanf(shape + at, "/%d", &stride);
    shape += strcspn(shape, " ");
    if (sscanf(shape, "%d>%d %dx%d", &cv.c, &cv.k, &cv.h, &cv.w) < 4)
        bench_die("a shape reads SIDExSIDE[/STRIDE] C>K HxW [dD] [gG]");
    if ((more = strstr(shape, " d")))
        cv.dilation = atoi(more + 2);
    if ((more = strstr(shape, " g")))
        cv.groups = atoi(more + 2);
    cv.kh = cv.kw = side;
    cv.stride = stride;
    cv.pad_y = cv.pad_x = cv.dilation * ((side - 1) / 2);
    cv.threads = threads ? atoi(threads) : 2;
    return cv;
}

/* Floats in [-0.5, 0.5), in touched blocks of 2 MiB, so that page faults are
   not measured. */
static float *
grab(size_t bytes)
{
    size_t unit = 2 << 20;
    bytes = (bytes + unit - 1) / unit * unit + unit;
    float *p = aligned_alloc(unit, bytes);
    if (!p)
        bench_die("no memory");
    for (size_t i = 0; i < bytes / sizeof *p; i++)
        p[i] = (float)(i * 2654435761u >> 16 & 255) / 256 - 0.5f;
    return p;
}

/* One method for a shape. */
struct way {
    struct seg_conv cv;
    float *packed[PASSES], *scratch[PASSES];
    double best[PASSES];
};

struct layer {
    float *x, *y, *w, *dx, *dy, *dw;
    struct way *way; /* the current one */
};

static void
run(struct layer *l, int pass)
{
    const struct way *way = l->way;
    float *packed = way->packed[pass], *scratch = way->scratch[pass];
    if (pass == SEG_CONV_FORWARD)
        seg_conv_forward(l->y, l->x, packed, NULL, &way->cv, scratch);
    else if (pass == SEG_CONV_DATA)
        seg_conv_backward_data(l->dx, l->dy, packed, 0, &way->cv, scratch);
    else
        seg_conv_backward_weights(l->dw, l->x, l->dy, 0, &way->cv, scratch);
}

static void
forward(void *l)
{
    run(l, SEG_CONV_FORWARD);
}

static void
data(void *l)
{
    run(l, SEG_CONV_DATA);
}

static void
weights(void *l)
{
    run(l, SEG_CONV_WEIGHTS);
}

static const struct bench passes[PASSES + 1] = {
    {"forward", forward}, {"data", data}, {"weights", weights}, {NULL, NULL}};

static struct layer
new_layer(const struct seg_conv *cv)
{
    size_t ny = (size_t)cv->n * cv->oh * cv->ow * cv->k * sizeof(float);
    size_t nx = (size_t)cv->n * cv->h * cv->w * cv->c * sizeof(float);
    size_t nw =
        (size_t)cv->k * cv->kh * cv->kw * cv->c / cv->groups * sizeof(float);
    return (struct layer){.x = grab(nx),
        .y = grab(ny),
        .w = grab(nw),
        .dx = grab(nx),
        .dy = grab(ny),
        .dw = grab(nw)};
}

static void
free_layer(struct layer *l)
{
    free(l->x), free(l->dx), free(l->y), free(l->dy), free(l->w), free(l->dw);
}

static void
prepare(struct way *way, const float *w)
{
    for (int p = 0; p < PASSES; p++) {
        enum seg_conv_pass pass = (enum seg_conv_pass)p;
        way->best[p] = 1e9;
        way->scratch[p] = grab(seg_conv_scratch(&way->cv, pass));
        way->packed[p] = grab(seg_conv_packed(&way->cv, pass) * sizeof(float));
        if (pass != SEG_CONV_WEIGHTS)
            seg_conv_pack(way->packed[p], w, NULL, &way->cv, pass);
    }
}

static void
plan(struct seg_conv *cv)
{
    if (seg_conv_plan(cv))
        bench_die("an impossible shape");
}

/* One row of the table for each method. */
static void
tabulate(const char *shape, int repeats)
{
    struct seg_conv chosen = parse(shape);
    struct way way[METHODS];
    plan(&chosen);
    int ways = chosen.kh == 3 && chosen.stride * chosen.groups == 1 ? 2 : 1;
    struct layer l = new_layer(&chosen);
    for (int m = 0; m < ways; m++) {
        way[m].cv = chosen;
        way[m].cv.exact = !m;
        plan(&way[m].cv);
        for (int p = 0; m && p < PASSES; p++)
            way[m].cv.method[p] = WINOGRAD;
        prepare(&way[m], l.w);
    }
    for (int i = 0; i < repeats * ways * PASSES; i++) {
        int p = i % PASSES;
        l.way = &way[i / PASSES % ways];
        double ms = milliseconds(passes[p].run, &l);
        l.way->best[p] = ms < l.way->best[p] ? ms : l.way->best[p];
    }
    double flops = 2.0 * chosen.n * chosen.oh * chosen.ow * chosen.k *
                   chosen.kh * chosen.kw * chosen.c / chosen.groups;
    for (int m = 0; m < ways; m++) {
        static const char *const names[] = {"direct", "winograd", "depthwise"};
        const struct seg_conv *cv = &way[m].cv;
        printf("%s\t%s\t%d\t%s", shape, seg_cpu_name(seg_cpu_level()),
            cv->threads, names[cv->method[0]]);
        for (int p = 0; p < PASSES; p++) {
            printf("\t%.1f%s", flops / way[m].best[p] * 1e-6,
                chosen.method[p] == cv->method[p] ? "*" : "");
            free(way[m].packed[p]);
            free(way[m].scratch[p]);
        }
        putchar('\n');
    }
    fflush(stdout);
    free_layer(&l);
}

/* One shape as planned, for tests/bench/pair. */
static int
serve(const char *shape)
{
    struct way way = {.cv = parse(shape)};
    plan(&way.cv);
    struct layer l = new_layer(&way.cv);
    l.way = &way;
    prepare(&way, l.w);
    return bench_serve(shape, passes, &l, 0);
}

int
main(int argc, char **argv)
{
    int repeats = 5, option;
    while ((option = getopt(argc, argv, "r:")) != -1)
        if (option != 'r' || (repeats = atoi(optarg)) < 1)
            bench_die("usage: conv [-r REPEATS] [SHAPE...] | conv SHAPE serve");
    if (argc - optind == 2 && !strcmp(argv[optind + 1], "serve"))
        return serve(argv[optind]);
    puts("shape\tcpu\tthreads\tmethod\tforward\tdata\tweights");
    for (int i = optind; i < argc; i++)
        tabulate(argv[i], repeats);
    for (size_t i = 0; optind == argc && i < sizeof shapes / sizeof *shapes;
         i++)
        tabulate(shapes[i], repeats);
    return 0;
}
