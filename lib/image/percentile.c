#include <math.h>
#include <stddef.h>

#include "lib/image/percentile.h"

static void
swap(double *a, double *b)
{
    double c = *a;

    *a = *b;
    *b = c;
}

/* The k-th smallest of x[n], by quickselect (Hoare's Find); reorders x. */
static double
select(double *x, ptrdiff_t n, ptrdiff_t k)
{
    ptrdiff_t first = 0, last = n - 1;

    while (first < last) {
        double pivot = x[first + (last - first) / 2];
        ptrdiff_t i = first, j = last;

        while (i <= j) {
            while (x[i] < pivot)
                i++;
            while (x[j] > pivot)
                j--;
            if (i <= j)
                swap(x + i++, x + j--);
        }
        /* elements between j and i equal the pivot */
        if (k <= j)
            last = j;
        else if (k >= i)
            first = i;
        else
            break;
    }
    return x[k];
}

double
seg_percentile(double *x, size_t n, double at)
{
    if (!n)
        return NAN;
    double place = at / 100 * (double)(n - 1), below = floor(place);
    ptrdiff_t m = (ptrdiff_t)below, count = (ptrdiff_t)n;
    double low = select(x, count, m);
    double high = m + 1 < count ? select(x, count, m + 1) : low;

    return low + (place - below) * (high - low);
}

int
seg_percentiles(double *value, const double *at, int k,
    const struct seg_tensor *t, const uint8_t *gap, size_t b,
    struct seg_arena *a, struct seg_err *e)
{
    size_t bands = seg_tensor_bands(t);
    size_t pixels = t->shape[0] * t->shape[1];
    size_t n = 0;
    double *x = seg_take_dirty(a, pixels, sizeof *x, e);

    if (!x)
        return -1;
    for (size_t i = 0; i < pixels; i++) {
        double v = seg_tensor_get(t, i * bands + b);

        if (isfinite(v) && !(gap && gap[i]))
            x[n++] = v;
    }
    for (int i = 0; i < k; i++)
        value[i] = seg_percentile(x, n, at[i]);
    return 0;
}
