/*
 * Optimizers against reference numbers of torch.optim (SGD, AdamW; PyTorch
 * 1.13) for a weight with decay and a bias without; threads; freezing;
 * lr_scale.
 */
#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/train/optim.h"
#include "tests/unit/tap.h"

static struct seg_arena arena;
static struct seg_err err;

static struct seg_net *
make(const char *text, const char *freeze)
{
    struct seg_net *net;
    struct seg_net_plan plan = {
        .n = 1, .h = 2, .w = 2, .training = 1, .threads = 1};

    if (seg_net_parse(&net, text, "text", &err))
        return NULL;
    if (freeze)
        seg_net_scale_lr(net, freeze, 0);
    return seg_net_plan(net, &plan, &err) ? NULL : net;
}

static void
against_torch(const char *name, struct seg_optim o, const double expected[3][2])
{
    static const float dw[3] = {1, 0.5f, -3}, db[3] = {-2, 0.25f, 0.125f};
    struct seg_net *net =
        make("image input - c=1\nclassifier conv image c=1 k=1 bias=1\n", NULL);
    struct seg_param *w = seg_net_param_named(net, "classifier.weight");
    struct seg_param *b = seg_net_param_named(net, "classifier.bias");
    double worst = seg_optim_start(&o, net, &arena, &err) ? INFINITY : 0;

    w->w[0] = 0.5f;
    b->w[0] = -0.25f;
    for (int t = 0; t < 3; t++) {
        w->dw[0] = 2 * dw[t];
        b->dw[0] = 2 * db[t];
        seg_optim_step(&o, 0.1, 0.5);
        worst = fmax(worst, fabs(w->w[0] - expected[t][0]));
        worst = fmax(worst, fabs(b->w[0] - expected[t][1]));
    }
    ok(worst < 3e-7, "%s as PyTorch (off by %.1e)", name, worst);
    ok(o.steps == 3, "%s counts its steps", name);
    seg_net_free(net);
}

/* Enough weights that several threads share the work. */
static double
hash_after(struct seg_optim o)
{
    struct seg_net *net = make(
        "image input - c=64\nclassifier conv image c=99 k=3 bias=1\n", NULL);
    double sum = 0;

    if (seg_optim_start(&o, net, &arena, &err))
        return NAN;
    for (int t = 0; t < 3; t++) {
        struct seg_rng r = seg_rng_make(1, NULL, "gradient", t);

        for (int i = 0; i < seg_net_params(net); i++) {
            struct seg_param *p = seg_net_param(net, i);
            for (size_t j = 0; p->dw && j < p->count; j++)
                p->dw[j] = (float)seg_rng_normal(&r);
        }
        seg_optim_step(&o, 0.01, 1);
    }
    for (int i = 0; i < seg_net_params(net); i++) {
        struct seg_param *p = seg_net_param(net, i);
        for (size_t j = 0; j < p->count; j++)
            sum += p->w[j] * cos((double)j);
    }
    seg_net_free(net);
    return sum;
}

static void
threads(struct seg_optim o, const char *name)
{
    double one, three;

    o.threads = 1;
    one = hash_after(o);
    o.threads = 3;
    three = hash_after(o);
    ok(one == three && one != 0, "%s: threads change nothing", name);
}

/* The norm of a parameter of several pieces, the last one shorter. */
static void
norm(struct seg_optim o)
{
    struct seg_net *net =
        make("image input - c=64\nclassifier conv image c=231 k=3\n", NULL);
    struct seg_param *p = seg_net_param(net, 0);
    double sum = 0, seen[2] = {0};

    for (size_t i = 0; i < p->count; i++) {
        p->dw[i] = (float)(i % 7) - 3;
        sum += (double)p->dw[i] * p->dw[i];
    }
    for (int t = 0; t < 2; t++) {
        o.threads = 1 + 2 * t;
        if (!seg_optim_start(&o, net, &arena, &err))
            seen[t] = seg_optim_norm(&o);
    }
    ok(fabs(seen[0] / sqrt(sum) - 1) < 1e-14 && seen[0] == seen[1],
        "the norm of %zu numbers, whatever the threads", p->count);
    seg_net_free(net);
}

static void
freezing(struct seg_optim o)
{
    struct seg_net *net =
        make("image input - c=1\na conv image c=1 k=1 bias=1\n"
             "classifier conv a c=1 k=1 bias=1\n",
            "a.*");
    struct seg_param *still = seg_net_param_named(net, "a.weight");
    struct seg_param *moved = seg_net_param_named(net, "classifier.weight");
    int started = !seg_optim_start(&o, net, &arena, &err);

    still->w[0] = moved->w[0] = 1;
    moved->dw[0] = 3;
    seg_net_param_named(net, "classifier.bias")->dw[0] = 4;
    ok(started && seg_optim_norm(&o) == 5,
        "the norm is that of what is trained");
    moved->lr_scale = 10;
    o.decay = 0;
    o.momentum = 0;
    seg_optim_step(&o, 0.01, 1);
    ok(still->w[0] == 1, "a frozen weight stays, decay and all");
    ok(fabsf(moved->w[0] - 0.7f) < 1e-6f, "lr_scale multiplies the rate");
    seg_net_free(net);
}

int
main(void)
{
    static const double plain[3][2] = {{0.399500012, -0.049999997},
        {0.258650512, 0.105000004}, {0.431627303, 0.231999993}};
    static const double nesterov[3][2] = {{0.309049994, 0.129999995},
        {0.132057816, 0.244499981}, {0.587792099, 0.346299976}};
    static const double adamw[3][2] = {{0.399500012, -0.150000006},
        {0.305882543, -0.0927465558}, {0.34029901, -0.0525325797}};
    struct seg_optim sgd = {
        .kind = SEG_SGD, .momentum = 0.9, .decay = 0.01, .threads = 1};
    struct seg_optim ahead = sgd;
    struct seg_optim adam = {.kind = SEG_ADAMW,
        .beta1 = 0.9,
        .beta2 = 0.999,
        .eps = 1e-8,
        .decay = 0.01,
        .threads = 1};

    ahead.nesterov = 1;
    against_torch("SGD", sgd, plain);
    against_torch("SGD with Nesterov", ahead, nesterov);
    against_torch("AdamW", adam, adamw);
    threads(ahead, "SGD");
    threads(adam, "AdamW");
    norm(sgd);
    freezing(sgd);
    seg_arena_free(&arena);
    return done();
}
