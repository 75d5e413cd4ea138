/* The moving average of the weights against a loop in double. */
#include <math.h>
#include <string.h>

#include "lib/train/ema.h"
#include "tests/unit/tap.h"

enum { STEPS = 40 };

static struct seg_arena arena;
static struct seg_err err;

/* A weight of 65,664 numbers, a norm and its running statistics. */
static struct seg_net *
make(void)
{
    struct seg_net *net;

    if (seg_net_parse(&net,
            "image input - c=64\na conv image c=114 k=3\nclassifier bn a\n",
            "text", &err))
        return NULL;
    seg_net_init(net, SEG_INIT_HE, 1);
    return net;
}

/* The weight j of parameter i after step t. */
static float
weight(int i, size_t j, int t)
{
    return (float)sin(1.0 + i + 0.1 * (double)j + 0.3 * t);
}

static void
train(struct seg_ema *m)
{
    for (int t = 1; t <= STEPS; t++) {
        for (int i = 0; i < seg_net_params(m->net); i++) {
            struct seg_param *p = seg_net_param(m->net, i);
            for (size_t j = 0; j < p->count; j++)
                p->w[j] = weight(i, j, t);
        }
        seg_ema_step(m, (uint64_t)t);
    }
}

static double
by_hand(double first, int i, size_t j, double decay)
{
    double e = first;

    for (int t = 1; t <= STEPS; t++) {
        double d =
            (1.0 + t) / (10.0 + t) < decay ? (1.0 + t) / (10.0 + t) : decay;
        e = d * e + (1 - d) * weight(i, j, t);
    }
    return e;
}

static void
average(double decay, int threads)
{
    struct seg_net *net = make(), *start = make();
    struct seg_ema m = {.decay = decay, .threads = threads};
    double worst = 0;

    if (!net || !start || seg_ema_start(&m, net, &arena, &err))
        ok(0, "start: %s", err.text);
    train(&m);
    for (int i = 0; i < seg_net_params(net); i++)
        for (size_t j = 0; j < seg_net_param(net, i)->count; j++)
            worst = fmax(worst,
                fabs(m.e[i][j] -
                     by_hand(seg_net_param(start, i)->w[j], i, j, decay)));
    ok(worst > 0 && worst < 1e-6, "decay %g, %d threads: off by %.1e", decay,
        threads, worst);

    float last = seg_net_param(net, 0)->w[7], mean = m.e[0][7];
    seg_ema_swap(&m);
    ok(seg_net_param(net, 0)->w[7] == mean && m.e[0][7] == last,
        "the average takes the place of the weights");
    seg_ema_swap(&m);
    ok(seg_net_param(net, 0)->w[7] == last && m.e[0][7] == mean,
        "and gives it back");
    seg_net_free(net);
    seg_net_free(start);
}

static void
threads(void)
{
    struct seg_net *net[2] = {make(), make()};
    struct seg_ema m[2] = {
        {.decay = 0.999, .threads = 1}, {.decay = 0.999, .threads = 3}};
    int same = 1;

    for (int k = 0; k < 2; k++) {
        if (seg_ema_start(m + k, net[k], &arena, &err))
            ok(0, "start: %s", err.text);
        train(m + k);
    }
    for (int i = 0; i < seg_net_params(net[0]); i++)
        same &= !memcmp(m[0].e[i], m[1].e[i],
            seg_net_param(net[0], i)->count * sizeof(float));
    ok(same, "threads change nothing");
    seg_net_free(net[0]);
    seg_net_free(net[1]);
}

int
main(void)
{
    struct seg_ema none = {0};

    average(0.5, 1);   /* the smaller d for 8 steps */
    average(0.999, 3); /* for all steps */
    threads();
    seg_ema_step(&none, 1);
    seg_ema_swap(&none);
    ok(!seg_ema_start(&none, NULL, &arena, &err) && !none.e,
        "without decay there is no average");
    seg_arena_free(&arena);
    return done();
}
