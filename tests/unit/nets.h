/* Small networks for tests: make, fill and run them, and measure slopes. */
#ifndef SEG_TESTS_UNIT_NETS_H
#define SEG_TESTS_UNIT_NETS_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/net/net.h"
#include "tests/unit/tap.h"

#define UNUSED __attribute__((unused))

static void UNUSED
give_up(const struct seg_err *e)
{
    printf("Bail out! %s\n", e->text);
    exit(1);
}

static struct seg_net *UNUSED
make_net(const char *text)
{
    struct seg_net *net;
    struct seg_err e;

    if (seg_net_parse(&net, text, "test", &e))
        give_up(&e);
    return net;
}

static void UNUSED
plan_net(struct seg_net *net, struct seg_net_plan plan)
{
    struct seg_err e;

    if (seg_net_plan(net, &plan, &e))
        give_up(&e);
}

/* Numbers within -1..1 that depend on the name alone. */
static void UNUSED
fill(float *x, size_t n, const char *name)
{
    struct seg_rng r = seg_rng_make(7, name, "test", 0);

    for (size_t i = 0; i < n; i++)
        x[i] = (float)seg_rng_range(&r, -1, 1);
}

/* All parameters at random; variances and scales above 0. */
static void UNUSED
fill_params(struct seg_net *net)
{
    for (int i = 0; i < seg_net_params(net); i++) {
        struct seg_param *p = seg_net_param(net, i);
        fill(p->w, p->count, p->name);
        for (size_t k = 0; p->init == SEG_INIT_ONE && k < p->count; k++)
            p->w[k] = 1 + p->w[k] / 2;
    }
    seg_net_changed(net);
}

static void UNUSED
fill_input(struct seg_net *net)
{
    struct seg_value *v = seg_net_input(net);

    fill(v->x, seg_value_count(v), "image");
}

/* Runs the network on an image that has the size of the input. */
static void UNUSED
run_forward(struct seg_net *net, const float *image)
{
    struct seg_value *v = seg_net_input(net);

    memcpy(v->x, image, seg_value_count(v) * sizeof *image);
    seg_net_forward(net, 1, 2);
}

/* L = sum r y with r fixed numbers, so that dL/dy = r. */
static double UNUSED
loss(struct seg_net *net, const float *image, const float *r)
{
    const struct seg_value *y = seg_net_output(net);
    double sum = 0;

    run_forward(net, image);
    for (size_t i = 0; i < seg_value_count(y); i++)
        sum += (double)r[i] * y->x[i];
    return sum;
}

static void UNUSED
run_backward(struct seg_net *net, const float *r)
{
    struct seg_value *y = seg_net_output(net);

    if (y->dx) /* NULL: nothing is trained */
        memcpy(y->dx, r, seg_value_count(y) * sizeof *r);
    seg_net_backward(net, 1, 2);
}

/* dL/dp by differences of fourth order over 4 h; NAN if there is a kink. */
static double UNUSED
slope_within(
    struct seg_net *net, float *p, const float *image, const float *r, double h)
{
    const float old = *p;
    double at[5];

    for (int i = 0; i < 5; i++) {
        *p = (float)(old + (i - 2) * h);
        seg_net_changed(net);
        at[i] = loss(net, image, r);
    }
    *p = old;
    seg_net_changed(net);
    double near = (at[3] - at[1]) / (2 * h), far = (at[4] - at[0]) / (4 * h);
    double bend = (at[3] - 2 * at[2] + at[1]) / h;
    double far_bend = (at[4] - 2 * at[2] + at[0]) / (2 * h);
    double size = 2e-3 * (1 + fabs(near));
    /* without a kink the second difference doubles with the step */
    if (fabs(far - near) > size || fabs(far_bend - 2 * bend) > size)
        return NAN;
    return (8 * (at[3] - at[1]) - (at[4] - at[0])) / (12 * h);
}

/* The same; if there is a kink, over a smaller step. */
static double UNUSED
slope(struct seg_net *net, float *p, const float *image, const float *r)
{
    double s = slope_within(net, p, image, r, 1.0 / 64);

    return isnan(s) ? slope_within(net, p, image, r, 1.0 / 1024) : s;
}

#endif
