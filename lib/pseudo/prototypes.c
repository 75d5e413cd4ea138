#include <math.h>

#include "lib/pseudo/prototypes.h"

enum { MOST = 255, NO_DATA = 255 };

int
seg_prototypes_start(struct seg_prototypes *p, int k, int d,
    struct seg_arena *a, struct seg_err *e)
{
    *p = (struct seg_prototypes){.k = k, .d = d};
    p->mean = seg_take(a, (size_t)k * (size_t)d, sizeof *p->mean, e);
    p->pixels = seg_take(a, (size_t)k, sizeof *p->pixels, e);
    return p->mean && p->pixels ? 0 : -1;
}

/* The first of `pixels` whose center is in cell i of `cells` or in a later
   one: the smallest y with (2 y + 1) cells >= 2 i pixels. */
static int
first_pixel(int i, int cells, int pixels)
{
    return (int)((2L * pixels * i + cells - 1) / (2L * cells));
}

/* The pixels of a cell. */
struct area {
    int top, bottom, left, right; /* the ends are excluded */
};

static struct area
area_of(const struct seg_pseudo_features *f, int i, int j)
{
    return (struct area){first_pixel(i, f->h, f->image_h),
        first_pixel(i + 1, f->h, f->image_h), first_pixel(j, f->w, f->image_w),
        first_pixel(j + 1, f->w, f->image_w)};
}

static const float *
features_at(const struct seg_prototypes *p, const struct seg_pseudo_features *f,
    int i, int j)
{
    return f->x + ((size_t)i * (size_t)f->w + (size_t)j) * (size_t)p->d;
}

/* ---- means ---- */

static void
add_cell(struct seg_prototypes *p, const float *x, const int *count)
{
    for (int k = 0; k < p->k; k++) {
        if (!count[k])
            continue;
        p->pixels[k] += (uint64_t)count[k];
        for (int c = 0; c < p->d; c++)
            p->mean[(size_t)c * p->k + k] += count[k] * (double)x[c];
    }
}

void
seg_prototypes_add(
    struct seg_prototypes *p, const struct seg_pseudo_features *f)
{
    for (int i = 0; i < f->h; i++)
        for (int j = 0; j < f->w; j++) {
            struct area a = area_of(f, i, j);
            int count[MOST + 1] = {0};

            for (int y = a.top; y < a.bottom; y++)
                for (int x = a.left; x < a.right; x++)
                    count[f->class[(size_t)y * f->image_w + x]]++;
            add_cell(p, features_at(p, f, i, j), count);
        }
}

void
seg_prototypes_finish(struct seg_prototypes *p)
{
    for (int c = 0; c < p->d; c++)
        for (int k = 0; k < p->k; k++)
            if (p->pixels[k])
                p->mean[(size_t)c * p->k + k] /= (double)p->pixels[k];
}

/* ---- classes ---- */

/* v[k] = log w_k + a constant that is the same for all classes. */
static void
weigh(double *v, const struct seg_prototypes *p, const float *x, double t)
{
    for (int k = 0; k < p->k; k++)
        v[k] = 0;
    for (int c = 0; c < p->d; c++) {
        const double *mean = p->mean + (size_t)c * p->k;

        for (int k = 0; k < p->k; k++) {
            double gap = (double)x[c] - mean[k];

            v[k] += gap * gap;
        }
    }
    for (int k = 0; k < p->k; k++)
        v[k] = p->pixels[k] ? -sqrt(v[k]) / t : -INFINITY;
}

/* Logarithms, because products of small weights and probabilities would be 0
   for all classes. */
static uint8_t
classify(float *confidence, const double *weight, const float *probs, int k)
{
    double v[MOST] = {-INFINITY}, sum = 0;
    int best = 0;

    for (int i = 0; i < k; i++) {
        v[i] = weight[i] + log((double)probs[i]);
        best = v[i] > v[best] ? i : best;
    }
    *confidence = 0;
    if (v[best] == -INFINITY)
        return NO_DATA;
    for (int i = 0; i < k; i++)
        sum += exp(v[i] - v[best]);
    *confidence = (float)(1 / sum);
    return (uint8_t)best;
}

static void
classify_cell(uint8_t *class, float *confidence, const struct seg_prototypes *p,
    const struct seg_pseudo_features *f, const double *weight, struct area a)
{
    for (int y = a.top; y < a.bottom; y++)
        for (int x = a.left; x < a.right; x++) {
            size_t at = (size_t)y * f->image_w + x;

            class[at] = NO_DATA;
            confidence[at] = 0;
            if (f->class[at] != NO_DATA)
                class[at] = classify(
                    confidence + at, weight, f->probs + at * p->k, p->k);
        }
}

void
seg_prototypes_classify(uint8_t *class, float *confidence,
    const struct seg_prototypes *p, const struct seg_pseudo_features *f,
    double temperature, int threads)
{
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int i = 0; i < f->h; i++)
        for (int j = 0; j < f->w; j++) {
            double weight[MOST];

            weigh(weight, p, features_at(p, f, i, j), temperature);
            classify_cell(class, confidence, p, f, weight, area_of(f, i, j));
        }
}
