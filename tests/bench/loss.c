/*
 * The losses: loss contrast N D [RUNS], loss upsample [RUNS],
 *     loss local SIDE stride|block N [RUNS]
 *
 * contrast: supervised contrast of N unit rows of width D in 21 classes, each
 * normalized first, value and gradient.  upsample: bilinear x4 and
 * cross-entropy, 8x21x512x512, value and gradient.  local: supervised local
 * contrast of 2 x 4 maps of SIDE x SIDE pixels and 128 channels, every N-th
 * pixel or blocks of N, with an eighth of foreground in two classes.  Peer:
 * tests/bench/peer.py.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/kernel/contrast/contrast.h"
#include "lib/kernel/norm/normalize.h"
#include "lib/kernel/upsample_ce.h"
#include "lib/loss/local.h"
#include "tests/bench/take.h"

enum { CLASSES = 21, N = 8, SMALL = 128, LARGE = 512 };

struct work {
    struct seg_arena arena;
    struct seg_contrast form;
    int m, d, threads;
    float *x, *f, *norm, *df, *dx;
    int *y;         /* of contrast */
    uint8_t *label; /* of upsample */
    void *scratch;
    struct seg_local_loss local;
};

static void
contrast(void *state)
{
    struct work *w = state;
    size_t bytes = (size_t)w->m * w->d * sizeof(float);

    seg_normalize_forward(w->f, w->norm, w->x, w->m, w->d, w->threads);
    memset(w->df, 0, bytes);
    seg_contrast(w->df, w->f, w->y, NULL, NULL, NULL, &w->form, w->m, w->d,
        w->threads, w->scratch);
    seg_normalize_backward(
        w->dx, w->df, w->f, w->norm, 0, w->m, w->d, w->threads);
}

static void
upsample(void *state)
{
    static const struct seg_upsample_ce q = {.ignore = 255};
    struct work *w = state;

    seg_upsample_ce(w->dx, w->x, w->label, &q, N, SMALL, SMALL, CLASSES, LARGE,
        LARGE, w->threads, w->scratch);
}

static void
local(void *state)
{
    struct work *w = state;

    seg_normalize_forward(w->f, w->norm, w->x, w->m, w->d, w->threads);
    seg_local_loss(&w->local, w->df, w->f, NULL);
    seg_normalize_backward(
        w->dx, w->df, w->f, w->norm, 0, w->m, w->d, w->threads);
}

/* Labels of a disc with an eighth of the pixels, in two halves. */
static void
plan_local(struct work *w, int side, int stride, int block)
{
    int h = (side - 1) / stride + 1, maps = 8;
    struct seg_err e;

    w->local = (struct seg_local_loss){.tau = 0.1,
        .classes = 3,
        .ignore = 255,
        .block = block,
        .threads = w->threads,
        .n = maps / 2,
        .h = h,
        .w = h,
        .d = 128};
    if (seg_local_loss_plan(&w->local, &w->arena, &e))
        bench_die(e.text);
    for (int i = 0; i < maps * h * h; i++) {
        double y = (i / h % h + 0.5) / h - 0.5, x = (i % h + 0.5) / h - 0.5;
        w->local.y[i] = x * x + y * y > 0.04 ? 0 : x > 0 ? 1 : 2;
    }
    w->m = maps * h * h;
    w->d = 128;
}

static void
fill(struct work *w, size_t floats, size_t labels)
{
    struct seg_rng r = seg_rng_make(1, NULL, "bench", 0);

    w->x = bench_take(&w->arena, floats, sizeof *w->x);
    w->dx = bench_take(&w->arena, floats, sizeof *w->dx);
    w->y = bench_take(&w->arena, labels, sizeof *w->y);
    w->label = bench_take(&w->arena, labels, 1);
    for (size_t i = 0; i < floats; i++)
        w->x[i] = (float)seg_rng_normal(&r);
    for (size_t i = 0; i < labels; i++)
        w->y[i] = w->label[i] = (uint8_t)seg_rng_below(&r, CLASSES);
}

/* Memory of m rows of d channels. */
static void
take_rows(struct work *w)
{
    size_t floats = (size_t)w->m * w->d;

    fill(w, floats, w->m);
    w->f = bench_take(&w->arena, floats, sizeof *w->f);
    w->df = bench_take(&w->arena, floats, sizeof *w->df);
    w->norm = bench_take(&w->arena, w->m, sizeof *w->norm);
}

int
main(int argc, char **argv)
{
    static struct work w;
    const char *threads = getenv("SEG_THREADS");

    w.threads = threads ? atoi(threads) : 2;
    if (argc > 4 && !strcmp(argv[1], "local")) {
        static const struct bench jobs[] = {{"loss", local}, {NULL, NULL}};
        int block = !strcmp(argv[3], "block"), n = atoi(argv[4]);
        plan_local(&w, atoi(argv[2]), block ? 1 : n, block ? n : 0);
        take_rows(&w);
        return bench_serve(argv[1], jobs, &w, argc > 5 ? atoi(argv[5]) : 0);
    }
    if (argc > 3 && !strcmp(argv[1], "contrast")) {
        static const struct bench jobs[] = {{"loss", contrast}, {NULL, NULL}};
        w.form = seg_contrast_forms[SEG_SUPCON];
        w.form.classes = CLASSES;
        w.form.tau = 0.1f;
        w.m = atoi(argv[2]);
        w.d = atoi(argv[3]);
        take_rows(&w);
        w.scratch = bench_take(
            &w.arena, seg_contrast_scratch(&w.form, w.m, w.d, w.threads), 1);
        return bench_serve(argv[1], jobs, &w, argc > 4 ? atoi(argv[4]) : 0);
    }
    if (argc > 1 && !strcmp(argv[1], "upsample")) {
        static const struct bench jobs[] = {{"loss", upsample}, {NULL, NULL}};
        fill(
            &w, (size_t)N * SMALL * SMALL * CLASSES, (size_t)N * LARGE * LARGE);
        w.scratch = bench_take(&w.arena,
            seg_upsample_ce_scratch(
                N, SMALL, SMALL, CLASSES, LARGE, LARGE, w.threads),
            1);
        return bench_serve(argv[1], jobs, &w, argc > 2 ? atoi(argv[2]) : 0);
    }
    bench_die("usage: loss contrast N D [RUNS] | loss upsample [RUNS] | "
              "loss local SIDE stride|block N [RUNS]");
}
