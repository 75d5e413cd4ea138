/*
 * Multi-head attention: attention TOKENS [RUNS]
 *
 * Two images of TOKENS tokens, three heads of 64, forward and backward
 * (train) or forward alone (predict).  The peer is tests/bench/peer.py, which
 * forms the whole matrix, as one writes it down.  Environment: SEG_THREADS (2).
 */
#include <stdlib.h>

#include "lib/base/rng.h"
#include "lib/kernel/attention/attention.h"
#include "tests/bench/take.h"

enum { N = 2, HEADS = 3, D = 64 };

struct work {
    struct seg_arena arena;
    struct seg_attention q;
    float *qkv, *dqkv, *y, *dy, *level;
    void *scratch;
};

static void
predict(void *state)
{
    struct work *w = state;

    seg_attention_forward(w->y, w->level, w->qkv, &w->q, w->scratch);
}

static void
train(void *state)
{
    struct work *w = state;

    predict(w);
    seg_attention_backward(
        w->dqkv, w->dy, w->y, w->level, w->qkv, 0, &w->q, w->scratch);
}

int
main(int argc, char **argv)
{
    static struct work w;
    static const struct bench jobs[] = {
        {"train", train}, {"predict", predict}, {NULL, NULL}};
    const char *threads = getenv("SEG_THREADS");
    struct seg_rng r = seg_rng_make(1, NULL, "bench", 0);

    if (argc < 2 || atoi(argv[1]) < 1)
        bench_die("usage: attention TOKENS [RUNS]");
    w.q = (struct seg_attention){
        N, atoi(argv[1]), HEADS, D, threads ? atoi(threads) : 2};
    size_t count = (size_t)N * w.q.t * HEADS * D;
    size_t a = seg_attention_scratch(&w.q, 0);
    size_t b = seg_attention_scratch(&w.q, 1);
    w.qkv = bench_take(&w.arena, 3 * count, sizeof *w.qkv);
    w.dqkv = bench_take(&w.arena, 3 * count, sizeof *w.dqkv);
    w.y = bench_take(&w.arena, count, sizeof *w.y);
    w.dy = bench_take(&w.arena, count, sizeof *w.dy);
    w.level = bench_take(&w.arena, count / D, sizeof *w.level);
    w.scratch = bench_take(&w.arena, a > b ? a : b, 1);
    for (size_t i = 0; i < 3 * count; i++)
        w.qkv[i] = (float)seg_rng_normal(&r);
    for (size_t i = 0; i < count; i++)
        w.dy[i] = 1;
    return bench_serve("attention", jobs, &w, argc > 2 ? atoi(argv[2]) : 0);
}
