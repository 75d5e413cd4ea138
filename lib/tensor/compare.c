#include <math.h>
#include <string.h>

#include "lib/tensor/compare.h"

/* NaN on one side only, and infinities of opposite signs, are not close. */
static int
close_enough(double x, double y, double tolerance)
{
    return x == y || fabs(x - y) <= tolerance || (isnan(x) && isnan(y));
}

struct seg_difference
seg_tensor_compare(
    const struct seg_tensor *a, const struct seg_tensor *b, double tolerance)
{
    struct seg_difference d = {0};
    size_t count = seg_tensor_count(a), size = seg_type_size(a->type);
    const char *p = a->data, *q = b->data;

    if (a->bytes == 0 || !memcmp(p, q, a->bytes))
        return d;
    for (size_t i = 0; i < count; i++) {
        if (!memcmp(p + i * size, q + i * size, size))
            continue;
        double x = seg_tensor_get(a, i), y = seg_tensor_get(b, i);
        if (tolerance > 0 && close_enough(x, y, tolerance))
            continue;
        if (d.n++ == 0)
            d.first = i;
        /* once NaN, the largest difference stays NaN */
        if (!(fabs(x - y) <= d.largest))
            d.largest = isnan(d.largest) ? d.largest : fabs(x - y);
    }
    return d;
}
