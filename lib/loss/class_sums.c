/* Sums of probabilities of each class, and the loops of losses of them. */
#include <string.h>

#include "lib/loss/class_sums.h"

size_t
seg_class_sums_bytes(
    const struct seg_loss_term *t, const struct seg_loss_batch *b)
{
    (void)t;
    return (size_t)(seg_loss_strips(b) + b->n) * b->classes *
           sizeof(struct seg_class_sums);
}

static void
strip_sums(struct seg_class_sums *sum, const struct seg_loss_batch *b,
    const float *p, const uint8_t *label, int s, int square)
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
add_sums(struct seg_class_sums *to, const struct seg_class_sums *part, int m,
    int classes)
{
    memset(to, 0, (size_t)classes * sizeof *to);
    for (int i = 0; i < m * classes; i++) {
        struct seg_class_sums *sum = to + i % classes;

        sum->both += part[i].both;
        sum->p += part[i].p;
        sum->y += part[i].y;
    }
}

static int
is_empty(const struct seg_class_sums *sum, int classes)
{
    for (int k = 0; k < classes; k++)
        if (sum[k].y > 0)
            return 0;
    return 1;
}

/* Sum of f over the classes; sets the slopes for the mean over `count`. */
static double
classes_value(struct seg_class_sums *sum, const struct seg_class_loss *l,
    int first, int classes, double count)
{
    double value = 0;

    for (int k = first; k < classes; k++) {
        double slope[2] = {0, 0};

        value += l->f(sum + k, l->set, slope);
        sum[k].slope[0] = (float)(slope[0] / count);
        sum[k].slope[1] = (float)(slope[1] / count);
    }
    return value / count;
}

/* Turns probabilities into the gradient, in place. */
static void
strip_gradient(const struct seg_class_sums *sum, const struct seg_loss_batch *b,
    float *p, const uint8_t *label, int s, int square)
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
finish(struct seg_class_sums *group, const struct seg_class_sums *strip,
    int groups, const struct seg_loss_batch *b, const struct seg_class_loss *l)
{
    int c = b->classes, first = !l->background, filled = 0;
    int strips = seg_loss_strips(b) / groups;
    double value = 0;

    for (int i = 0; i < groups; i++) {
        add_sums(group + i * c, strip + (size_t)i * strips * c, strips, c);
        filled += !is_empty(group + i * c, c);
    }
    for (int i = 0; i < groups && c > first; i++)
        if (!is_empty(group + i * c, c))
            value += classes_value(
                group + i * c, l, first, c, (double)filled * (c - first));
    return value;
}

double
seg_class_sums_value(const struct seg_class_loss *l,
    const struct seg_loss_batch *b, float *dx, const float *x,
    const uint8_t *label, void *scratch)
{
    struct seg_class_sums *group = scratch,
                          *strip = group + (size_t)b->n * b->classes;
    int n = seg_loss_strips(b), groups = l->batch ? 1 : b->n;

    seg_loss_softmax(b, dx, NULL, x, label);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        strip_sums(strip + (size_t)s * b->classes, b, dx, label, s, l->square);
    double loss = finish(group, strip, groups, b, l);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        strip_gradient(group + (size_t)(s / (n / groups)) * b->classes, b, dx,
            label, s, l->square);
    return loss;
}
