#include <math.h>

#include "lib/train/optim.h"

/* Settings for one parameter, in the precision of the update. */
struct rule {
    float rate, scale, decay;
    float momentum, b1, a1, b2, a2; /* a: 1 - b, rounded once */
    float eps;                      /* includes the corrections below */
    int nesterov;
    size_t n;
    int threads;
};

/* A sum of squares is computed in pieces of PIECE elements, and each piece in
   LANES partial sums: the result is the same for any number of threads. */
enum { PIECE = 1 << 15, LANES = 8 };

static size_t
pieces(const struct seg_param *p)
{
    return (p->count + PIECE - 1) / PIECE;
}

static int
is_trained(const struct seg_param *p)
{
    return p->dw && !p->buffer && p->lr_scale > 0;
}

int
seg_optim_start(struct seg_optim *o, struct seg_net *net, struct seg_arena *a,
    struct seg_err *e)
{
    size_t n = (size_t)seg_net_params(net), most = 0;

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
        most = pieces(p) > most ? pieces(p) : most;
        o->m[i] = seg_take(a, p->count, sizeof **o->m, e);
        if (!o->m[i])
            return -1;
        if (o->kind != SEG_ADAMW)
            continue;
        o->v[i] = seg_take(a, p->count, sizeof **o->v, e);
        if (!o->v[i])
            return -1;
    }
    o->squares = seg_take(a, most, sizeof *o->squares, e);
    return o->squares ? 0 : -1;
}

static double
sum_of_squares(const float *x, size_t n)
{
    double lane[LANES] = {0}, sum = 0;
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] += (double)x[i + j] * x[i + j];
    for (; i < n; i++)
        sum += (double)x[i] * x[i];
    for (int j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

double
seg_optim_norm(const struct seg_optim *o)
{
    double sum = 0;

    for (int i = 0; i < seg_net_params(o->net); i++) {
        const struct seg_param *p = seg_net_param(o->net, i);
        size_t n = is_trained(p) ? pieces(p) : 0;

#pragma omp parallel for num_threads(o->threads) if (n > 1)
        for (size_t k = 0; k < n; k++)
            o->squares[k] = sum_of_squares(
                p->dw + k * PIECE, k + 1 < n ? PIECE : p->count - k * PIECE);
        for (size_t k = 0; k < n; k++)
            sum += o->squares[k];
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
 * sqrt(v / c2) + eps = (sqrt(v) + eps sqrt(c2)) / sqrt(c2): both bias
 * corrections are folded into the rate and eps.
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
