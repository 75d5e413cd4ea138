/*
 * The networks of the bench, parameter for parameter those of peer.py: r18 r50
 * (DeepLabV3+, output stride 16), unet (widths 32..256), lite
 * (EfficientNet-Lite0 with a U-Net decoder), vit (Segmenter Tiny/16, mask
 * decoder, no class token, nothing dropped), hu (the U-Net of Hu et al., width
 * 16, of 64x64).  Batch 8, 256x256 RGB, 21 classes, cross-entropy, SGD with
 * momentum and weight decay; prediction ends in logits of full size.
 * Environment: SEG_THREADS (2), SEG_EXACT=1 (direct convolution
 * only).
 */
#ifndef SEG_BENCH_NETWORK_H
#define SEG_BENCH_NETWORK_H

#include <stdint.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/loss/sum.h"
#include "lib/train/optim.h"
#include "lib/zoo/zoo.h"
#include "tests/bench/take.h"

enum { BATCH = 8, SIDE = 256, SMALL_SIDE = 64, CLASSES = 21 };
enum { UNPLANNED, TRAINING, PREDICTION };

struct network {
    struct seg_arena arena;
    struct seg_err err;
    struct seg_net *net;
    struct seg_optim optim;
    struct seg_loss_sum loss;
    float *input;
    uint8_t *label;
    int side, threads, exact, planned;
};

static inline void
network_must(int status, const struct network *w)
{
    if (status)
        bench_die(w->err.text);
}

static inline void
network_fill(struct network *w)
{
    struct seg_rng r = seg_rng_make(1, NULL, "bench", 0);
    size_t pixels = (size_t)BATCH * (size_t)(w->side * w->side);

    w->input = bench_take(&w->arena, pixels * 3, sizeof *w->input);
    w->label = bench_take(&w->arena, pixels, 1);
    for (size_t i = 0; i < pixels * 3; i++)
        w->input[i] = (float)seg_rng_normal(&r);
    for (size_t i = 0; i < pixels; i++)
        w->label[i] = (uint8_t)seg_rng_below(&r, CLASSES);
}

static inline void
network_build(struct network *w, const char *name)
{
    const char *threads = getenv("SEG_THREADS");
    const char *architecture = !strcmp(name, "r18")   ? "resnet18-deeplabv3plus"
                               : !strcmp(name, "r50") ? "resnet50-deeplabv3plus"
                               : !strcmp(name, "vit") ? "vit-tiny"
                               : !strcmp(name, "lite")
                                   ? "efficientnet-lite0-unet"
                               : !strcmp(name, "hu") ? "unet-hu"
                                                     : name;
    int vit = !strcmp(name, "vit"), hu = !strcmp(name, "hu");
    struct seg_zoo_opts opts = {.classes = CLASSES,
        .width = hu ? 16 : 0,
        .no_drop = vit,
        .tokens = vit ? SEG_ZOO_NO_TOKEN : SEG_ZOO_CLASS_TOKEN};
    char *text = seg_zoo_text(&w->arena, architecture, &opts, &w->err);

    w->side = hu ? SMALL_SIDE : SIDE;
    network_must(text ? seg_net_parse(&w->net, text, name, &w->err) : -1, w);
    seg_net_init(w->net, vit ? SEG_INIT_TRUNC : SEG_INIT_HE, 1);
    network_fill(w);
    w->threads = threads ? atoi(threads) : 2;
    w->exact = getenv("SEG_EXACT") != NULL;
    w->optim = (struct seg_optim){
        .kind = SEG_SGD, .momentum = 0.9, .decay = 1e-4, .threads = w->threads};
    network_must(seg_loss_parse(&w->loss, "ce", "loss", &w->err), w);
    w->loss.threads = w->threads;
    w->loss.n = BATCH;
    w->loss.classes = CLASSES;
    w->loss.ignore = 255;
    w->loss.label_h = w->loss.label_w = w->side;
    seg_net_logits(&w->loss.logits, w->net);
}

static inline void
network_plan(struct network *w, int kind)
{
    struct seg_net_plan p = {.n = BATCH,
        .h = w->side,
        .w = w->side,
        .training = kind == TRAINING,
        .threads = w->threads,
        .exact = w->exact,
        .last = kind == TRAINING ? w->loss.logits.node : NULL};

    if (w->planned == kind)
        return;
    network_must(seg_net_plan(w->net, &p, &w->err), w);
    w->planned = kind;
    if (kind == PREDICTION || w->optim.net)
        return;
    network_must(seg_optim_start(&w->optim, w->net, &w->arena, &w->err), w);
    struct seg_value *y = seg_net_output(w->net);
    w->loss.h = y->h;
    w->loss.w = y->w;
    network_must(seg_loss_plan(&w->loss, &w->arena, &w->err), w);
}

/* ---- the parts of a step, in their order ---- */

static inline void
network_input(struct network *w)
{
    memcpy(seg_net_input(w->net)->x, w->input,
        (size_t)BATCH * (size_t)(w->side * w->side) * 3 * sizeof(float));
}

static inline void
network_forward(struct network *w)
{
    seg_net_forward(w->net, 0, 0);
}

static inline void
network_clear(struct network *w)
{
    seg_net_clear_grads(w->net);
}

static inline void
network_loss(struct network *w)
{
    struct seg_value *y = seg_net_output(w->net);

    seg_loss_value(&w->loss, y->dx, y->x, w->label);
}

static inline void
network_backward(struct network *w)
{
    seg_net_backward(w->net, 0, 0);
}

static inline void
network_update(struct network *w)
{
    seg_optim_step(&w->optim, 0.01, 1);
}

#endif
