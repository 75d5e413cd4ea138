/*
 * Training steps and predictions of whole networks: step NET [RUNS]
 *
 * NET: r18 r50 (DeepLabV3+, output stride 16), unet (widths 32..256).  Batch 8,
 * 256x256 RGB, 21 classes, cross-entropy, SGD with momentum and weight decay;
 * prediction ends in logits of full size.  The peer is tests/bench/peer.py.
 * Environment: SEG_THREADS (2), SEG_EXACT=1 (direct convolution only).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/loss/cross_entropy.h"
#include "lib/train/optim.h"
#include "lib/zoo/zoo.h"
#include "tests/bench/serve.h"

enum { BATCH = 8, SIDE = 256, CLASSES = 21 };

struct work {
    struct seg_arena arena;
    struct seg_err err;
    struct seg_net *net;
    struct seg_optim optim;
    struct seg_cross_entropy loss;
    const char *logits;
    float *input;
    uint8_t *label;
    int threads, exact, planned; /* 1 for training, 2 for prediction */
};

static void
must(int status, const struct work *w)
{
    if (status)
        bench_die(w->err.text);
}

static void
fill_input(struct work *w)
{
    struct seg_value *in = seg_net_input(w->net);

    memcpy(in->x, w->input, (size_t)BATCH * SIDE * SIDE * 3 * sizeof(float));
}

static void
plan(struct work *w, int training)
{
    struct seg_net_plan p = {.n = BATCH,
        .h = SIDE,
        .w = SIDE,
        .training = training,
        .threads = w->threads,
        .exact = w->exact,
        .last = training ? w->logits : NULL};

    if (w->planned == (training ? 1 : 2))
        return;
    must(seg_net_plan(w->net, &p, &w->err), w);
    w->planned = training ? 1 : 2;
}

static void
train(void *state)
{
    struct work *w = state;

    plan(w, 1);
    if (!w->optim.net)
        must(seg_optim_start(&w->optim, w->net, &w->arena, &w->err), w);
    struct seg_value *y = seg_net_output(w->net);
    if (!w->loss.scratch) {
        w->loss.h = y->h;
        w->loss.w = y->w;
        must(seg_cross_entropy_plan(&w->loss, &w->arena, &w->err), w);
    }
    fill_input(w);
    seg_net_forward(w->net, 0, 0);
    seg_net_clear_grads(w->net);
    memset(y->dx, 0, (size_t)y->n * y->h * y->w * y->c * sizeof(float));
    seg_cross_entropy(&w->loss, y->dx, y->x, w->label);
    seg_net_backward(w->net, 0, 0);
    seg_optim_step(&w->optim, 0.01, 1);
}

static void
predict(void *state)
{
    struct work *w = state;

    plan(w, 0);
    fill_input(w);
    seg_net_forward(w->net, 0, 0);
}

static const char *
architecture(const char *name)
{
    return !strcmp(name, "r18")   ? "resnet18-deeplabv3plus"
           : !strcmp(name, "r50") ? "resnet50-deeplabv3plus"
                                  : name;
}

static void
build(struct work *w, const char *name)
{
    struct seg_zoo_opts opts = {.classes = CLASSES};
    size_t pixels = (size_t)BATCH * SIDE * SIDE;
    struct seg_rng r = seg_rng_make(1, name, "bench", 0);
    char *text = seg_zoo_text(&w->arena, architecture(name), &opts, &w->err);

    must(text ? seg_net_parse(&w->net, text, name, &w->err) : -1, w);
    seg_net_init(w->net, SEG_INIT_HE, 1);
    w->input = seg_take(&w->arena, pixels * 3, sizeof *w->input, &w->err);
    w->label = seg_take(&w->arena, pixels, 1, &w->err);
    must(w->input && w->label ? 0 : -1, w);
    for (size_t i = 0; i < pixels * 3; i++)
        w->input[i] = (float)seg_rng_normal(&r);
    for (size_t i = 0; i < pixels; i++)
        w->label[i] = (uint8_t)seg_rng_below(&r, CLASSES);
    w->optim = (struct seg_optim){
        .kind = SEG_SGD, .momentum = 0.9, .decay = 1e-4, .threads = w->threads};
    w->loss = (struct seg_cross_entropy){.threads = w->threads,
        .n = BATCH,
        .classes = CLASSES,
        .ignore = 255,
        .label_h = SIDE,
        .label_w = SIDE};
    w->logits = seg_cross_entropy_node(w->net, &w->loss.align_corners);
}

int
main(int argc, char **argv)
{
    static struct work w;
    static const struct bench jobs[] = {
        {"train", train}, {"predict", predict}, {NULL, NULL}};
    const char *threads = getenv("SEG_THREADS");

    if (argc < 2)
        bench_die("usage: step NET [RUNS]");
    w.threads = threads ? atoi(threads) : 2;
    w.exact = getenv("SEG_EXACT") != NULL;
    build(&w, argv[1]);
    return bench_serve(argv[1], jobs, &w, argc > 2 ? atoi(argv[2]) : 0);
}
