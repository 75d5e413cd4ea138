/*
 * The maximum squares loss (Chen et al., 1909.13247): makes predictions on
 * unlabeled pixels more certain.  Its gradient grows in proportion to the
 * probability, where that of the entropy is largest at pixels that are nearly
 * certain already.
 *
 * Image-wise class weights (weigh=1): with N_k the pixels of an image whose
 * most probable class is k, and N all its valid pixels, each of the N_k pixels
 * has the weight 1 / max(1, N_k^ratio N^(1 - ratio)) in place of 1/N, so that
 * small classes take part.  Without class weights N counts all valid pixels of
 * the batch; with them L is the mean over the images.
 *
 * code=1 is the scaling of the authors' code: a further 1/C, and with class
 * weights also no 1/2.
 */
#include <math.h>

#include "lib/base/scratch.h"
#include "lib/kernel/argmax.h"
#include "lib/loss/pixel.h"

enum { WEIGH, RATIO, CODE };

static const struct seg_loss_setting settings[] = {
    [WEIGH] = {"weigh", 0, 0, 1, 1},
    [RATIO] = {"ratio", 0.2, 0, 1, 0},
    [CODE] = {"code", 0, 0, 1, 1},
    {NULL, 0, 0, 0, 0},
};

/* Workspace: pixels by most probable class, of each strip and then of each
   image in its first strip; the sum of each strip; valid pixels of each image.
 */
struct work {
    double *value, *valid;
    uint32_t *count; /* strips,classes */
};

static size_t
layout(struct work *k, const struct seg_loss_batch *b, void *scratch)
{
    struct seg_scratch m = {.base = scratch};
    size_t n = (size_t)seg_loss_strips(b);

    k->value = seg_scratch_take(&m, n, sizeof *k->value);
    k->valid = seg_scratch_take(&m, (size_t)b->n, sizeof *k->valid);
    k->count = seg_scratch_take(&m, n * b->classes, sizeof *k->count);
    return m.used;
}

static size_t
scratch_bytes(const struct seg_loss_term *t, const struct seg_loss_batch *b)
{
    struct work k;

    (void)t;
    return layout(&k, b, NULL);
}

static void
count_strip(struct work *k, const struct seg_loss_batch *b, const float *p,
    const uint8_t *label, int s)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    uint32_t *count = k->count + (size_t)s * b->classes;

    for (int c = 0; c < b->classes; c++)
        count[c] = 0;
    for (size_t i = q.from; i < q.to; i++)
        if (seg_loss_valid(b, label[i]))
            count[seg_argmax(p + i * b->classes, b->classes)]++;
}

/* Adds the counts of an image's strips into its first one; returns the valid
   pixels of the image. */
static double
count_image(struct work *k, const struct seg_loss_batch *b, int image)
{
    size_t c = (size_t)b->classes;
    uint32_t *all = k->count + (size_t)image * SEG_LOSS_STRIPS * c;
    double valid = 0;

    for (int s = 1; s < SEG_LOSS_STRIPS; s++)
        for (size_t j = 0; j < c; j++)
            all[j] += all[s * c + j];
    for (size_t j = 0; j < c; j++)
        valid += all[j];
    return valid;
}

/* The sum of a strip; replaces p by the gradient.  weight: by most probable
   class, times the sum of squares. */
static void
strip_value(struct work *k, const struct seg_loss_batch *b, float *p,
    const uint8_t *label, const double *weight, int s)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    int c = b->classes;
    double sum = 0;

    for (size_t i = q.from; i < q.to; i++) {
        float *x = p + i * c, g[256];
        double squares = 0;
        int valid = seg_loss_valid(b, label[i]);
        double w = valid ? weight[seg_argmax(x, c)] : 0;

        for (int j = 0; j < c; j++) {
            squares += (double)x[j] * x[j];
            g[j] = (float)(-2 * w * x[j]);
        }
        seg_loss_softmax_backward(x, g, x, c);
        sum -= w * squares;
    }
    k->value[s] = sum;
}

/* Weights of the classes of an image with n valid pixels. */
static void
class_weights(double *weight, const struct seg_loss_term *t,
    const struct seg_loss_batch *b, const uint32_t *count, double n,
    double images, double pixels)
{
    double ratio = t->set[RATIO];
    double scale = t->set[CODE] > 0 ? 1.0 / b->classes : 1;

    for (int c = 0; c < b->classes; c++) {
        double size = pow(count[c], ratio) * pow(n, 1 - ratio);

        if (t->set[WEIGH] > 0)
            weight[c] =
                scale * (t->set[CODE] > 0 ? 1 : 0.5) / (fmax(size, 1) * images);
        else
            weight[c] = scale * 0.5 / pixels;
    }
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    struct work k;
    int n = seg_loss_strips(b);
    double images = 0, pixels = 0;

    layout(&k, b, scratch);
    seg_loss_softmax(b, dx, NULL, x, label);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        count_strip(&k, b, dx, label, s);
    for (int i = 0; i < b->n; i++) {
        k.valid[i] = count_image(&k, b, i);
        images += k.valid[i] > 0;
        pixels += k.valid[i];
    }
    images = fmax(images, 1);
    pixels = fmax(pixels, 1);
    for (int i = 0; i < b->n; i++) {
        double weight[256];
        int first = i * SEG_LOSS_STRIPS;

        class_weights(weight, t, b, k.count + (size_t)first * b->classes,
            k.valid[i], images, pixels);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
        for (int s = first; s < first + SEG_LOSS_STRIPS; s++)
            strip_value(&k, b, dx, label, weight, s);
    }
    return seg_loss_add(k.value, n);
}

const struct seg_loss seg_loss_maxsquare = {
    .name = "maxsquare",
    .formula = "L = -(1 / 2N) sum_q sum_c p[q,c]^2",
    .source = "Chen et al., 1909.13247",
    .settings = settings,
    .unlabeled = 1,
    .scratch_bytes = scratch_bytes,
    .value = value,
};
