#include <math.h>
#include <string.h>

#include "lib/project/distance.h"
#include "lib/project/measures.h"
#include "lib/project/probe.h"

/* ---- cosines ---- */

/* Sum of the unit vectors of a class, or of all classes; a vector that is 0
   stays 0. */
struct unit_sum {
    double n, squares; /* points; of them, those that are not 0 */
    double *sum;       /* d */
};

static void
add_unit(struct unit_sum *s, const float *x, int d)
{
    double square = 0;

    for (int i = 0; i < d; i++)
        square += (double)x[i] * x[i];
    s->n++;
    if (!(square > 0))
        return;
    s->squares++;
    for (int i = 0; i < d; i++)
        s->sum[i] += x[i] / sqrt(square);
}

/* Pairs of points and the sum of their cosines follow from sums of vectors:
   sum_ij u_i u_j = |sum_i u_i|^2, less the pairs i = j. */
static int
cosines(struct seg_measures *m, const struct seg_points *p, struct seg_arena *a,
    struct seg_err *e)
{
    enum { K = SEG_POINT_CLASSES };
    struct unit_sum of[K + 1] = {{0}}, *all = of + K;
    size_t d = (size_t)p->d;
    double *sums = seg_take(a, (K + 1) * d, sizeof *sums, e);
    double within = 0, pairs = 0, squares = 0, n2 = 0;

    if (!sums)
        return -1;
    for (int c = 0; c <= K; c++)
        of[c].sum = sums + (size_t)c * d;
    for (int i = 0; i < p->n; i++) {
        add_unit(of + p->point[i].class, p->x + (size_t)i * d, p->d);
        add_unit(all, p->x + (size_t)i * d, p->d);
    }
    for (int c = 0; c < K; c++) {
        const struct unit_sum *s = of + c;
        double own = seg_dot(s->sum, s->sum, p->d), both = s->n * (s->n - 1);

        m->class[c].value[SEG_WITHIN] = (own - s->squares) / both;
        m->class[c].value[SEG_BETWEEN] =
            (seg_dot(s->sum, all->sum, p->d) - own) / (s->n * (all->n - s->n));
        within += own - s->squares;
        pairs += both;
        squares += own;
        n2 += s->n * s->n;
    }
    m->all.value[SEG_WITHIN] = within / pairs;
    m->all.value[SEG_BETWEEN] =
        (seg_dot(all->sum, all->sum, p->d) - squares) / (all->n * all->n - n2);
    return 0;
}

/* ---- nearest neighbors ---- */

struct neighbor {
    float distance;
    int class;
};

/* Share of the nearest points of point i that have its class; of equally
   distant points the first counts. */
static double
purity(const struct seg_points *p, int i)
{
    struct neighbor near[SEG_NEIGHBORS];
    int n = 0, same = 0;

    for (int j = 0; j < p->n; j++) {
        float distance = seg_squared_distance(
            p->x + (size_t)i * p->d, p->x + (size_t)j * p->d, p->d);
        int at = n;

        if (j == i || (n == SEG_NEIGHBORS && distance >= near[n - 1].distance))
            continue;
        n += n < SEG_NEIGHBORS;
        for (at = n - 1; at && near[at - 1].distance > distance; at--)
            near[at] = near[at - 1];
        near[at] = (struct neighbor){distance, p->point[j].class};
    }
    for (int k = 0; k < n; k++)
        same += near[k].class == p->point[i].class;
    return (double)same / n;
}

/* Means over the points of each class and over all: of value[n], of the points
   whose held_out is at least that given. */
static void
average(struct seg_measures *m, const struct seg_points *p, const double *value,
    int held_out, int measure)
{
    double sum[SEG_POINT_CLASSES] = {0}, all = 0;
    int n[SEG_POINT_CLASSES] = {0}, points = 0;

    for (int i = 0; i < p->n; i++)
        if (p->point[i].held_out >= held_out) {
            sum[p->point[i].class] += value[i];
            n[p->point[i].class]++;
            all += value[i];
            points++;
        }
    for (int c = 0; c < SEG_POINT_CLASSES; c++)
        m->class[c].value[measure] = sum[c] / n[c];
    m->all.value[measure] = all / points;
}

int
seg_measures_compute(struct seg_measures *m, const struct seg_points *p,
    struct seg_arena *a, struct seg_err *e)
{
    double *value = seg_take(a, (size_t)p->n, sizeof *value, e);

    *m = (struct seg_measures){.all.n = p->n};
    if (!value || cosines(m, p, a, e))
        return -1;
    for (int i = 0; i < p->n; i++) {
        m->class[p->point[i].class].n++;
        m->class[p->point[i].class].held_out += p->point[i].held_out;
        m->all.held_out += p->point[i].held_out;
    }
#pragma omp parallel for schedule(dynamic, 8)
    for (int i = 0; i < p->n; i++)
        value[i] = purity(p, i);
    average(m, p, value, 0, SEG_PURITY);
    if (seg_probe(value, p, a, e))
        return -1;
    average(m, p, value, 1, SEG_PROBE);
    return 0;
}
