/*
 * Normalization of each image: norm OPERATOR CHANNELS SIDE [RUNS]
 *
 * OPERATOR: instance_norm (without scale and shift), group_norm (8 groups) or
 * leaky_relu, on 8 images of SIDE x SIDE pixels, forward and backward (train)
 * or forward alone (predict).  The peer is tests/bench/peer.py, channels last.
 * Environment: SEG_THREADS (2).
 */
#include "lib/base/rng.h"
#include "lib/kernel/elementwise.h"
#include "lib/kernel/norm/group_norm.h"
#include "tests/bench/take.h"

enum { IMAGES = 8, GROUPS = 8 };

struct work {
    struct seg_arena arena;
    struct seg_group_norm q;
    int leaky;
    size_t count;
    float *x, *y, *dx, *dy, *w, *b, *dw, *db;
    void *saved, *scratch;
};

static void
predict(void *state)
{
    struct work *w = state;

    if (w->leaky)
        seg_leaky_relu_forward(
            w->y, w->x, SEG_LEAKY_SLOPE, w->count, w->q.threads);
    else
        seg_group_norm_forward(
            w->y, w->saved, w->x, w->w, w->b, &w->q, w->scratch);
}

static void
train(void *state)
{
    struct work *w = state;

    predict(w);
    if (w->leaky)
        seg_leaky_relu_backward(
            w->dx, w->dy, w->y, SEG_LEAKY_SLOPE, 0, w->count, w->q.threads);
    else
        seg_group_norm_backward(w->dx, w->w ? w->dw : NULL, w->w ? w->db : NULL,
            w->dy, w->x, w->w, w->saved, 0, &w->q, w->scratch);
}

int
main(int argc, char **argv)
{
    static struct work w;
    static const struct bench jobs[] = {
        {"train", train}, {"predict", predict}, {NULL, NULL}};
    const char *threads = getenv("SEG_THREADS");
    struct seg_rng r = seg_rng_make(1, NULL, "bench", 0);

    if (argc < 4 || atoi(argv[2]) < 1 || atoi(argv[3]) < 1)
        bench_die("usage: norm OPERATOR CHANNELS SIDE [RUNS]");
    int c = atoi(argv[2]), side = atoi(argv[3]);
    int group = !strcmp(argv[1], "group_norm");
    w.leaky = !strcmp(argv[1], "leaky_relu");
    w.q = (struct seg_group_norm){.n = IMAGES,
        .m = (size_t)(side * side),
        .c = c,
        .groups = group ? GROUPS : c,
        .threads = threads ? atoi(threads) : 2,
        .eps = 1e-5f};
    w.count = IMAGES * w.q.m * (size_t)c;
    w.x = bench_take(&w.arena, 4 * w.count, sizeof *w.x);
    w.y = w.x + w.count;
    w.dx = w.y + w.count;
    w.dy = w.dx + w.count;
    w.dw = bench_take(&w.arena, 4 * (size_t)c, sizeof *w.dw);
    w.db = w.dw + c;
    w.w = group ? w.db + c : NULL;
    w.b = group ? w.w + c : NULL;
    for (int i = 0; group && i < c; i++)
        w.w[i] = w.b[i] = 1;
    w.saved = bench_take(&w.arena, seg_group_norm_saved(&w.q), 1);
    w.scratch = bench_take(&w.arena, seg_group_norm_scratch(&w.q), 1);
    for (size_t i = 0; i < w.count; i++) {
        w.x[i] = (float)seg_rng_normal(&r);
        w.dy[i] = (float)seg_rng_normal(&r);
    }
    return bench_serve(argv[1], jobs, &w, argc > 4 ? atoi(argv[4]) : 0);
}
