#include <math.h>

#include "lib/score/distance.h"

/* Buffers for one line. */
struct line {
    double *f;    /* input values */
    double *from; /* parabola i is the lowest from here on */
    size_t *at;   /* position of its minimum */
};

/* Transforms n elements of d, stride apart; square is the squared spacing. */
static void
transform(
    double *d, size_t n, size_t stride, double square, const struct line *l)
{
    size_t count = 0;

    for (size_t q = 0; q < n; q++) {
        double height = l->f[q] = d[q * stride], crossing = -INFINITY;

        if (isinf(height))
            continue;
        while (count) {
            size_t v = l->at[count - 1];
            double step = (double)(q - v);

            crossing =
                ((height - l->f[v]) / (square * step) + (double)(q + v)) / 2;
            if (crossing > l->from[count - 1])
                break;
            count--;
        }
        l->at[count] = q;
        l->from[count] = count ? crossing : -INFINITY;
        count++;
    }
    for (size_t p = 0, i = 0; count && p < n; p++) {
        while (i + 1 < count && l->from[i + 1] < (double)p)
            i++;
        double step = (double)p - (double)l->at[i];
        d[p * stride] = l->f[l->at[i]] + square * step * step;
    }
}

int
seg_distance_squared(double *d, const size_t shape[3], const double spacing[3],
    struct seg_arena *scratch, struct seg_err *e)
{
    size_t longest = 0, total = shape[0] * shape[1] * shape[2], stride = 1;

    for (int i = 0; i < 3; i++)
        longest = shape[i] > longest ? shape[i] : longest;
    struct line l = {
        .f = seg_take_dirty(scratch, longest, sizeof *l.f, e),
        .from = seg_take_dirty(scratch, longest, sizeof *l.from, e),
        .at = seg_take_dirty(scratch, longest, sizeof *l.at, e),
    };
    if (!l.f || !l.from || !l.at)
        return -1;
    for (int axis = 2; axis >= 0; stride *= shape[axis--]) {
        size_t block = stride * shape[axis];

        for (size_t i = 0; i < total && shape[axis] > 1; i += block)
            for (size_t j = i; j < i + stride; j++)
                transform(d + j, shape[axis], stride,
                    spacing[axis] * spacing[axis], &l);
    }
    return 0;
}
