#include "lib/dataset/rank.h"

#include <math.h>

#include "lib/label/labelmap.h"

static const char *const measure_name[] = {"entropy", "margin", "confidence"};

static const struct seg_tensor *
find(
    const struct seg_record *rec, const char *name, int rank, struct seg_err *e)
{
    const struct seg_tensor *t = seg_record_find(rec, name);
    char shape[200];

    if (!t) {
        seg_fail(e, SEG_EDATA, "%s: no tensor %s", seg_record_name(rec), name);
        return NULL;
    }
    if (t->type == SEG_F32 && t->rank == rank && t->bytes)
        return t;
    seg_fail(e, SEG_EDATA, "%s: %s is %s, not %s f32", seg_record_name(rec),
        name, seg_tensor_describe(shape, sizeof shape, t),
        rank == 2 ? "[H,W]" : "[h,w,D]");
    return NULL;
}

static int
not_finite(
    const struct seg_record *rec, const struct seg_tensor *t, struct seg_err *e)
{
    return seg_fail(e, SEG_EDATA, "%s: %s has a value that is not finite",
        seg_record_name(rec), t->name);
}

/* The classes of the pixels of t, or NULL if the record has none. */
static const uint8_t *
classes_of(const struct seg_record *rec, const struct seg_tensor *t)
{
    const struct seg_tensor *pred = seg_record_find(rec, "pred");

    return pred && pred->type == SEG_U8 && pred->rank == 2 &&
                   pred->shape[0] == t->shape[0] &&
                   pred->shape[1] == t->shape[1]
               ? pred->data
               : NULL;
}

int
seg_rank_uncertainty(double *u, enum seg_rank_measure measure,
    const struct seg_record *rec, struct seg_err *e)
{
    const struct seg_tensor *t = find(rec, measure_name[measure], 2, e);
    double sum = 0;
    size_t pixels = 0;

    if (!t)
        return -1;
    const uint8_t *pred = classes_of(rec, t);
    const float *v = t->data;
    for (size_t i = 0; i < seg_tensor_count(t); i++) {
        if (!isfinite(v[i]))
            return not_finite(rec, t, e);
        if (pred && pred[i] == SEG_IGNORE)
            continue;
        sum += measure == SEG_RANK_ENTROPY ? v[i] : 1 - (double)v[i];
        pixels++;
    }
    *u = pixels ? sum / (double)pixels : 0;
    return 0;
}

const float *
seg_rank_feature(size_t *dim, const struct seg_record *rec, struct seg_arena *a,
    struct seg_err *e)
{
    const struct seg_tensor *t = find(rec, "embedding", 3, e);

    if (!t)
        return NULL;
    size_t d = t->shape[2], pixels = t->shape[0] * t->shape[1];
    if (*dim && d != *dim) {
        seg_fail(e, SEG_EDATA, "%s: the embedding has %zu values, others %zu",
            seg_record_name(rec), d, *dim);
        return NULL;
    }
    *dim = d;
    float *mean = seg_take(a, d, sizeof *mean, e);
    if (!mean)
        return NULL;
    const float *v = t->data;
    for (size_t k = 0; k < d; k++) {
        double sum = 0;
        for (size_t i = 0; i < pixels; i++)
            sum += v[i * d + k];
        mean[k] = (float)(sum / (double)pixels);
        if (!isfinite(mean[k])) {
            not_finite(rec, t, e);
            return NULL;
        }
    }
    return mean;
}

static double
squared_distance(const float *x, const float *y, size_t dim)
{
    double sum = 0;

    for (size_t k = 0; k < dim; k++)
        sum += ((double)x[k] - y[k]) * ((double)x[k] - y[k]);
    return sum;
}

/* nearest[i] becomes the squared distance to the new center if that is less. */
static void
add_center(double *nearest, const float *const *feature, int n,
    const float *center, size_t dim)
{
    for (int i = 0; i < n; i++) {
        double d = squared_distance(feature[i], center, dim);
        if (d < nearest[i])
            nearest[i] = d;
    }
}

static int
nearest_to_mean(const float *const *feature, int n, float *mean, size_t dim)
{
    int best = 0;

    for (size_t k = 0; k < dim; k++) {
        double sum = 0;
        for (int i = 0; i < n; i++)
            sum += feature[i][k];
        mean[k] = (float)(sum / n);
    }
    for (int i = 1; i < n; i++)
        if (squared_distance(feature[i], mean, dim) <
            squared_distance(feature[best], mean, dim))
            best = i;
    return best;
}

/* The image farthest from all centers; chosen ones have distance -1. */
static int
farthest(const double *nearest, int n)
{
    int best = 0;

    for (int i = 1; i < n; i++)
        if (nearest[i] > nearest[best])
            best = i;
    return best;
}

int
seg_rank_centers(int *order, double *distance, int count,
    const float *const *feature, int n, int labeled, size_t dim,
    struct seg_arena *a, struct seg_err *e)
{
    double *nearest = seg_take(a, (size_t)n, sizeof *nearest, e);
    float *mean = seg_take(a, dim, sizeof *mean, e);

    if (!nearest || !mean)
        return -1;
    for (int i = 0; i < n; i++)
        nearest[i] = INFINITY;
    for (int i = 0; i < labeled; i++)
        add_center(nearest, feature, n, feature[n + i], dim);
    for (int j = 0; j < count; j++) {
        int next = j || labeled ? farthest(nearest, n)
                                : nearest_to_mean(feature, n, mean, dim);
        order[j] = next;
        distance[j] = sqrt(nearest[next]);
        add_center(nearest, feature, n, feature[next], dim);
        nearest[next] = -1;
    }
    return 0;
}
