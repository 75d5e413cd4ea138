#include <string.h>

#include "lib/kernel/softmax.h"
#include "lib/loss/pixel.h"

struct seg_loss_strip
seg_loss_strip(const struct seg_loss_batch *b, int s)
{
    size_t image = (size_t)(s / SEG_LOSS_STRIPS) * b->h;
    long at = s % SEG_LOSS_STRIPS;

    return (struct seg_loss_strip){
        (image + (size_t)(at * b->h / SEG_LOSS_STRIPS)) * b->w,
        (image + (size_t)((at + 1) * b->h / SEG_LOSS_STRIPS)) * b->w};
}

void
seg_loss_softmax(const struct seg_loss_batch *b, float *p, float *nll,
    const float *x, const uint8_t *label)
{
    size_t c = (size_t)b->classes;

#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < seg_loss_strips(b); s++) {
        struct seg_loss_strip q = seg_loss_strip(b, s);

        seg_softmax(p + q.from * c, nll ? nll + q.from : NULL, x + q.from * c,
            q.to - q.from, b->classes);
        for (size_t i = q.from; nll && i < q.to; i++) {
            float loss = -1;

            if (seg_loss_valid(b, label[i])) {
                loss = nll[i] - x[i * c + label[i]];
                loss = loss < 0 ? 0 : loss;
            }
            nll[i] = loss;
        }
    }
}

/* A factor that is NaN reaches the gradient. */
static void
strip_gradient(const struct seg_loss_batch *b, float *p, const float *factor,
    double total, const uint8_t *label, int s)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    size_t c = (size_t)b->classes;

    for (size_t i = q.from; i < q.to; i++) {
        float *dx = p + i * c;

        if (factor[i] <= 0 || !(total > 0)) {
            memset(dx, 0, c * sizeof *dx);
            continue;
        }
        float a = (float)(factor[i] / total);
        for (size_t k = 0; k < c; k++)
            dx[k] *= a;
        dx[label[i]] -= a;
    }
}

void
seg_loss_nll_gradient(const struct seg_loss_batch *b, float *p,
    const float *factor, double total, const uint8_t *label)
{
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < seg_loss_strips(b); s++)
        strip_gradient(b, p, factor, total, label, s);
}

double
seg_loss_add(const double *part, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += part[i];
    return sum;
}
