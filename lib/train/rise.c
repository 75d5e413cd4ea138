#include <math.h>
#include <stdlib.h>

#include "lib/train/rise.h"

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts x and returns its median. */
static double
median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof *x, compare);
    return (x[(n - 1) / 2] + x[n / 2]) / 2;
}

int
seg_rise_add(struct seg_rise *r, double loss)
{
    if (r->steps == SEG_RISE_STEPS)
        return 0;
    r->loss[r->steps++] = loss;
    if (r->steps < SEG_RISE_STEPS)
        return 0;
    r->before = r->loss[0];
    r->after = median(r->loss + SEG_RISE_SKIP, SEG_RISE_STEPS - SEG_RISE_SKIP);
    double start = median(r->loss, SEG_RISE_FIRST);
    double highest = r->loss[SEG_RISE_FIRST - 1];
    return (r->after > highest && r->after > start + fabs(start) / 4) ||
           r->after > r->before + fabs(r->before);
}
