#include <string.h>

#include "lib/train/ema.h"

int
seg_ema_start(struct seg_ema *m, struct seg_net *net, struct seg_arena *a,
    struct seg_err *e)
{
    if (m->decay <= 0)
        return 0;
    size_t n = (size_t)seg_net_params(net);
    m->net = net;
    m->e = seg_take(a, n, sizeof *m->e, e);
    if (!m->e)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const struct seg_param *p = seg_net_param(net, (int)i);

        m->e[i] = seg_take(a, p->count, sizeof **m->e, e);
        if (!m->e[i])
            return -1;
        memcpy(m->e[i], p->w, p->count * sizeof *p->w);
    }
    return 0;
}

void
seg_ema_step(struct seg_ema *m, uint64_t t)
{
    if (m->decay <= 0)
        return;
    double early = (1 + (double)t) / (10 + (double)t);
    float part = (float)(1 - (early < m->decay ? early : m->decay));

    for (int i = 0; i < seg_net_params(m->net); i++) {
        const struct seg_param *p = seg_net_param(m->net, i);
        float *restrict e = m->e[i];
        const float *restrict w = p->w;
        size_t n = p->count;

#pragma omp parallel for simd num_threads(m->threads)                          \
    schedule(static) if (n > 16384)
        for (size_t j = 0; j < n; j++)
            e[j] += part * (w[j] - e[j]);
    }
}

void
seg_ema_swap(struct seg_ema *m)
{
    if (m->decay <= 0)
        return;
    for (int i = 0; i < seg_net_params(m->net); i++) {
        const struct seg_param *p = seg_net_param(m->net, i);

        for (size_t j = 0; j < p->count; j++) {
            float w = p->w[j];
            p->w[j] = m->e[i][j];
            m->e[i][j] = w;
        }
    }
    seg_net_changed(m->net);
}
