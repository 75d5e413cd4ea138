#include <string.h>

#include "lib/base/scratch.h"
#include "lib/loss/pixel_mean.h"

/* Workspace: sum and valid pixels of each strip. */
struct work {
    double *value, *valid;
};

static size_t
layout(struct work *k, const struct seg_loss_batch *b, void *scratch)
{
    struct seg_scratch m = {.base = scratch};
    size_t n = (size_t)seg_loss_strips(b);

    k->value = seg_scratch_take(&m, n, sizeof *k->value);
    k->valid = seg_scratch_take(&m, n, sizeof *k->valid);
    return m.used;
}

size_t
seg_pixel_mean_bytes(
    const struct seg_loss_term *t, const struct seg_loss_batch *b)
{
    struct work k;

    (void)t;
    return layout(&k, b, NULL);
}

static void
strip_value(struct work *k, seg_pixel_fn *fn, const struct seg_loss_term *t,
    const struct seg_loss_batch *b, float *p, const uint8_t *label, int s)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    struct seg_rng r = seg_rng_make(b->seed, NULL, "pixels of a loss",
        b->pass * (uint64_t)seg_loss_strips(b) + (uint64_t)s);
    double sum = 0, valid = 0;

    for (size_t i = q.from; i < q.to; i++) {
        if (!seg_loss_valid(b, label[i]))
            continue;
        sum += fn(t, p + i * b->classes, label[i], b->classes, &r);
        valid++;
    }
    k->value[s] = sum;
    k->valid[s] = valid;
}

/* Divides the gradient of valid pixels by their number; others have none. */
static void
divide(const struct seg_loss_batch *b, float *dx, double valid,
    const uint8_t *label)
{
    size_t n = seg_loss_pixels(b), c = (size_t)b->classes;
    float share = valid > 0 ? (float)(1 / valid) : 0;

#pragma omp parallel for num_threads(b->threads) schedule(static)
    for (size_t i = 0; i < n; i++) {
        if (!seg_loss_valid(b, label[i])) {
            memset(dx + i * c, 0, c * sizeof *dx);
            continue;
        }
        for (size_t k = 0; k < c; k++)
            dx[i * c + k] *= share;
    }
}

double
seg_pixel_mean(seg_pixel_fn *fn, const struct seg_loss_term *t,
    const struct seg_loss_batch *b, float *dx, const float *x,
    const uint8_t *label, void *scratch)
{
    struct work k;
    int n = seg_loss_strips(b);

    layout(&k, b, scratch);
    seg_loss_softmax(b, dx, NULL, x, label);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        strip_value(&k, fn, t, b, dx, label, s);
    double valid = seg_loss_add(k.valid, n);
    divide(b, dx, valid, label);
    return valid > 0 ? seg_loss_add(k.value, n) / valid : 0;
}
