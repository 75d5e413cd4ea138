#include <math.h>

#include "lib/base/rng.h"
#include "lib/image/percentile.h"
#include "lib/score/bootstrap.h"

int
seg_resamples_init(struct seg_resamples *r, struct seg_arena *a, int n,
    int classes, uint64_t seed, struct seg_err *e)
{
    *r = (struct seg_resamples){.n = n, .classes = classes, .seed = seed};
    r->sums = seg_take(a, (size_t)n,
        (size_t)seg_score_sums_size(classes) * sizeof *r->sums, e);
    return r->sums ? 0 : -1;
}

static double *
sums_of(const struct seg_resamples *r, int number)
{
    return r->sums + (size_t)number * seg_score_sums_size(r->classes);
}

/* Poisson(1) by inversion: the smallest k with P(X <= k) > u. */
static int
draw(struct seg_rng *rng)
{
    double u = seg_rng_unit(rng), p = exp(-1);
    int k = 0;

    while (u >= p && k < 20) {
        u -= p;
        p /= ++k;
    }
    return k;
}

void
seg_resamples_add(struct seg_resamples *r, const double *sums, const char *key)
{
    struct seg_rng rng = seg_rng_make(r->seed, key, "bootstrap", 0);

    for (int i = 0; i < r->n; i++) {
        int times = draw(&rng);

        if (times)
            seg_score_sums_add(sums_of(r, i), sums, times, r->classes);
    }
}

void
seg_resamples_swap(struct seg_resamples *a, struct seg_resamples *b,
    const double *sums_a, const double *sums_b, const char *key)
{
    struct seg_rng rng = seg_rng_make(a->seed, key, "swap", 0);

    for (int i = 0; i < a->n; i++) {
        int swap = (int)seg_rng_below(&rng, 2);

        seg_score_sums_add(
            sums_of(a, i), swap ? sums_b : sums_a, 1, a->classes);
        seg_score_sums_add(
            sums_of(b, i), swap ? sums_a : sums_b, 1, b->classes);
    }
}

static double
score(const struct seg_resamples *r, int number, int metric,
    const struct seg_convention *convention)
{
    return seg_score_sums_scores(sums_of(r, number), r->classes, convention)
        .value[metric];
}

int
seg_resamples_interval(struct seg_interval *v, const struct seg_resamples *r,
    const struct seg_resamples *other, int metric,
    const struct seg_convention *convention, struct seg_arena *scratch,
    struct seg_err *e)
{
    double *x = seg_take(scratch, (size_t)r->n, sizeof *x, e);
    size_t n = 0;

    if (!x)
        return -1;
    for (int i = 0; i < r->n; i++) {
        double one = score(r, i, metric, convention);

        if (other)
            one -= score(other, i, metric, convention);
        if (!isnan(one))
            x[n++] = one;
    }
    *v = (struct seg_interval){
        seg_percentile(x, n, 2.5), seg_percentile(x, n, 97.5)};
    return 0;
}

double
seg_resamples_p(double difference, const struct seg_resamples *a,
    const struct seg_resamples *b, int metric,
    const struct seg_convention *convention)
{
    /* rounding differs with the order of the cases, in the last bits */
    double limit = fabs(difference) - 1e-12;
    int n = 0, as_large = 0;

    for (int i = 0; i < a->n; i++) {
        double d =
            score(a, i, metric, convention) - score(b, i, metric, convention);

        n += !isnan(d);
        as_large += fabs(d) >= limit;
    }
    return isnan(difference) ? NAN : (1. + as_large) / (1. + n);
}
