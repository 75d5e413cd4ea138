/*
 * The soft Dice loss, by MONAI's convention (DiceLoss with softmax and one-hot
 * labels).
 *
 * Per image and class, over its valid pixels, with s = smooth:
 *   I = sum_q p[q,c] [y_q = c],  P = sum_q p[q,c],  Y = sum_q [y_q = c]
 *   f = 1 - (2 I + s) / (P + Y + s)
 * and L is the mean of f over images with a valid pixel and over classes.  With
 * batch=1 the sums run over the whole batch.  With background=0 class 0 is left
 * out.  With square=1, P is the sum of squares (Milletari et al., 1606.04797).
 */
#include <string.h>

#include "lib/loss/pixel.h"

enum { BACKGROUND, BATCH, SQUARE, SMOOTH };

static const struct seg_loss_setting settings[] = {
    [BACKGROUND] = {"background", 1, 0, 1, 1},
    [BATCH] = {"batch", 0, 0, 1, 1},
    [SQUARE] = {"square", 0, 0, 1, 1},
    [SMOOTH] = {"smooth", 1e-5, 0, 1e6, 0},
    {NULL, 0, 0, 0, 0},
};

/* The sums of one class in a strip, an image or the batch; the derivative of
   the loss by p[q,c] is slope[0], plus slope[1] if y_q = c, per pixel. */
struct sums {
    double both, p, y; /* I, P, Y */
    float slope[2];
};

static size_t
scratch_bytes(const struct seg_loss_term *t, const struct seg_loss_batch *b)
{
    (void)t;
    return (size_t)(seg_loss_strips(b) + b->n) * b->classes *
           sizeof(struct sums);
}

static void
strip_sums(struct sums *sum, const struct seg_loss_batch *b, const float *p,
    const uint8_t *label, int s, int square)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    int c = b->classes;

    memset(sum, 0, (size_t)c * sizeof *sum);
    for (size_t i = q.from; i < q.to; i++) {
        const float *row = p + i * c;

        if (!seg_loss_valid(b, label[i]))
            continue;
        for (int k = 0; k < c; k++)
            sum[k].p += (double)row[k] * (square ? (double)row[k] : 1);
        sum[label[i]].both += row[label[i]];
        sum[label[i]].y++;
    }
}

/* Adds the sums of m parts to the first. */
static void
add_sums(struct sums *to, const struct sums *part, int m, int classes)
{
    memset(to, 0, (size_t)classes * sizeof *to);
    for (int i = 0; i < m * classes; i++) {
        struct sums *sum = to + i % classes;

        sum->both += part[i].both;
        sum->p += part[i].p;
        sum->y += part[i].y;
    }
}

static int
is_empty(const struct sums *sum, int classes)
{
    for (int k = 0; k < classes; k++)
        if (sum[k].y > 0)
            return 0;
    return 1;
}

/* Sum of f over the classes; sets the slopes for the mean over `count`. */
static double
classes_value(struct sums *sum, int first, int classes, double s, double count)
{
    double value = 0;

    for (int k = first; k < classes; k++) {
        double above = 2 * sum[k].both + s, below = sum[k].p + sum[k].y + s;

        if (!(below > 0))
            continue;
        value += 1 - above / below;
        sum[k].slope[0] = (float)(above / (below * below) / count);
        sum[k].slope[1] = (float)(-2 / below / count);
    }
    return value / count;
}

/* Turns probabilities into the gradient, in place. */
static void
strip_gradient(const struct sums *sum, const struct seg_loss_batch *b, float *p,
    const uint8_t *label, int s, int square)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    int c = b->classes;
    float g[256];

    for (size_t i = q.from; i < q.to; i++) {
        float *row = p + i * c;

        if (!seg_loss_valid(b, label[i])) {
            memset(row, 0, (size_t)c * sizeof *row);
            continue;
        }
        for (int k = 0; k < c; k++)
            g[k] = sum[k].slope[0] * (square ? 2 * row[k] : 1) +
                   (k == label[i] ? sum[k].slope[1] : 0);
        seg_loss_softmax_backward(row, g, row, c);
    }
}

/* The sums of `groups` images, or of the whole batch as one group; returns the
   loss. */
static double
finish(struct sums *group, const struct sums *strip, int groups,
    const struct seg_loss_batch *b, const struct seg_loss_term *t)
{
    int c = b->classes, first = !t->set[BACKGROUND], filled = 0;
    int strips = seg_loss_strips(b) / groups;
    double value = 0;

    for (int i = 0; i < groups; i++) {
        add_sums(group + i * c, strip + (size_t)i * strips * c, strips, c);
        filled += !is_empty(group + i * c, c);
    }
    for (int i = 0; i < groups && c > first; i++)
        if (!is_empty(group + i * c, c))
            value += classes_value(group + i * c, first, c, t->set[SMOOTH],
                (double)filled * (c - first));
    return value;
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    struct sums *group = scratch, *strip = group + (size_t)b->n * b->classes;
    int n = seg_loss_strips(b), groups = t->set[BATCH] > 0 ? 1 : b->n;
    int square = t->set[SQUARE] > 0;

    seg_loss_softmax(b, dx, NULL, x, label);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        strip_sums(strip + (size_t)s * b->classes, b, dx, label, s, square);
    double loss = finish(group, strip, groups, b, t);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        strip_gradient(group + (size_t)(s / (n / groups)) * b->classes, b, dx,
            label, s, square);
    return loss;
}

const struct seg_loss seg_loss_dice = {
    .name = "dice",
    .formula = "L = mean_c 1 - (2 sum_q p[q,c] [y_q = c] + s) / "
               "(sum_q p[q,c] + sum_q [y_q = c] + s)",
    .source = "Milletari et al., 1606.04797; as DiceLoss of MONAI",
    .settings = settings,
    .scratch_bytes = scratch_bytes,
    .value = value,
};
