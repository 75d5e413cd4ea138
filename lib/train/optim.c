#include <math.h>

#include "lib/train/optim.h"

/* What one parameter's pass needs, in the precision of the pass. */
struct rule {
    float rate, scale, decay;
    float momentum, b1, a1, b2, a2; /* a: 1 - b, rounded once */
    float eps;                      /* with the corrections below */
    int nesterov;
    size_t n;
    int threads;
};

static int
is_trained(const struct seg_param *p)
{
    return p->dw && !p->buffer && p->lr_scale > 0;
}

int
seg_optim_start(struct seg_optim *o, struct seg_net *net, struct seg_arena *a,
    struct seg_err *e)
{
    size_t n = (size_t)seg_net_params(net);

    o->net = net;
    o->steps = 0;
    o->m = seg_take(a, n, sizeof *o->m, e);
    o->v = seg_take(a, n, sizeof *o->v, e);
    if (!o->m || !o->v)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const struct seg_param *p = seg_net_param(net, (int)i);

        if (!is_trained(p))
            continue;
        o->m[i] = seg_take(a, p->count, sizeof **o->m, e);
        if (!o->m[i])
            return -1;
        if (o->kind != SEG_ADAMW)
            continue;
        o->v[i] = seg_take(a, p->count, sizeof **o->v, e);
        if (!o->v[i])
            return -1;
    }
    return 0;
}

double
seg_optim_norm(const struct seg_optim *o)
{
    double sum = 0;

    for (int i = 0; i < seg_net_params(o->net); i++) {
        const struct seg_param *p = seg_net_param(o->net, i);
        double part = 0;

        if (!is_trained(p))
            continue;
        for (size_t j = 0; j < p->count; j++)
            part += (double)p->dw[j] * p->dw[j];
        sum += part;
    }
    return sqrt(sum);
}

static void
sgd(float *restrict w, float *restrict m, const float *restrict dw,
    const struct rule *r)
{
    const float mu = r->momentum, now = r->nesterov ? 1 : 0;
    const float past = r->nesterov ? mu : 1;

#pragma omp parallel for simd num_threads(r->threads) schedule(static)
    for (size_t i = 0; i < r->n; i++) {
        float g = r->scale * dw[i] + r->decay * w[i];
        m[i] = mu * m[i] + g;
        w[i] -= r->rate * (now * g + past * m[i]);
    }
}

/*
 * sqrt(v / c2) + eps = (sqrt(v) + eps sqrt(c2)) / sqrt(c2): both corrections go
 * into the rate and into eps.
 */
static void
adamw(float *restrict w, float *restrict m, float *restrict v,
    const float *restrict dw, float shrink, const struct rule *r)
{
    const float b1 = r->b1, a1 = r->a1, b2 = r->b2, a2 = r->a2;

#pragma omp parallel for simd num_threads(r->threads) schedule(static)
    for (size_t i = 0; i < r->n; i++) {
        float g = r->scale * dw[i];
        m[i] = b1 * m[i] + a1 * g;
        v[i] = b2 * v[i] + a2 * g * g;
        w[i] = shrink * w[i] - r->rate * m[i] / (sqrtf(v[i]) + r->eps);
    }
}

void
seg_optim_step(struct seg_optim *o, double rate, double scale)
{
    double t = (double)++o->steps;
    double c1 = 1 - pow(o->beta1, t), c2 = sqrt(1 - pow(o->beta2, t));

    for (int i = 0; i < seg_net_params(o->net); i++) {
        struct seg_param *p = seg_net_param(o->net, i);

        if (!is_trained(p))
            continue;
        double lr = rate * p->lr_scale, decay = p->decays ? o->decay : 0;
        struct rule r = {.rate = (float)lr,
            .scale = (float)scale,
            .decay = (float)decay,
            .momentum = (float)o->momentum,
            .nesterov = o->nesterov,
            .b1 = (float)o->beta1,
            .a1 = (float)(1 - o->beta1),
            .b2 = (float)o->beta2,
            .a2 = (float)(1 - o->beta2),
            .n = p->count,
            .threads = p->count < 16384 ? 1 : o->threads};

        if (o->kind == SEG_SGD) {
            sgd(p->w, o->m[i], p->dw, &r);
        } else {
            r.rate = (float)(lr * c2 / c1);
            r.eps = (float)(o->eps * c2);
            adamw(p->w, o->m[i], o->v[i], p->dw, (float)(1 - lr * decay), &r);
        }
    }
    seg_net_changed(o->net);
}
