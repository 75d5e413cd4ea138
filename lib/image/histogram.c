#include <math.h>
#include <string.h>

#include "lib/image/histogram.h"

enum { LOWEST = INT16_MIN, HIGHEST = UINT16_MAX, WHOLE = HIGHEST - LOWEST + 1 };
enum { OTHER = 1 << 16, NEGATIVE = 1 << 15, LARGEST = 0x7f7f };

int
seg_histogram_start(
    struct seg_histogram *h, struct seg_arena *a, struct seg_err *e)
{
    *h = (struct seg_histogram){.arena = a};
    h->whole = seg_take(a, WHOLE, sizeof *h->whole, e);
    return h->whole ? 0 : -1;
}

/* ---- counting ---- */

/* Rounds to the nearest bfloat16, ties to even; never to infinity. */
static int
rounded(float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    uint32_t code = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return (
        int)((code & 0x7fff) > LARGEST ? (code & NEGATIVE) | LARGEST : code);
}

static double
value_of(int code)
{
    uint32_t bits = (uint32_t)code << 16;
    float v;

    memcpy(&v, &bits, sizeof v);
    return (double)v;
}

static int
is_whole(double v)
{
    return v >= LOWEST && v <= HIGHEST && v == floor(v);
}

int
seg_histogram_count(
    struct seg_histogram *h, double value, uint64_t n, struct seg_err *e)
{
    if (!isfinite(value))
        return 0;
    if (!is_whole(value)) {
        int code = rounded((float)value);

        value = value_of(code);
        if (!is_whole(value)) {
            if (!h->other)
                h->other = seg_take(h->arena, OTHER, sizeof *h->other, e);
            if (!h->other)
                return -1;
            h->other[code] += n;
            return 0;
        }
    }
    h->whole[(int)value - LOWEST] += n;
    return 0;
}

#define COUNT(type)                                                            \
    for (size_t i = 0; i < n; i++)                                             \
        h->whole[((const type *)values)[i * step] - LOWEST]++;

int
seg_histogram_add(struct seg_histogram *h, enum seg_type type,
    const void *values, size_t n, size_t step, struct seg_err *e)
{
    if (type == SEG_U8)
        COUNT(uint8_t)
    else if (type == SEG_U16)
        COUNT(uint16_t)
    else if (type == SEG_I16)
        COUNT(int16_t)
    else
        for (size_t i = 0; i < n; i++)
            if (seg_histogram_count(
                    h, (double)((const float *)values)[i * step], 1, e))
                return -1;
    return 0;
}

int
seg_histogram_merge(struct seg_histogram *h, const struct seg_histogram *more,
    struct seg_err *e)
{
    struct seg_histogram_bin at = {0};

    while (seg_histogram_next(more, &at))
        if (seg_histogram_count(h, at.value, at.n, e))
            return -1;
    return 0;
}

/* ---- in ascending order ---- */

/* The i-th bfloat16 code in ascending order; the codes of negative numbers run
   in descending order. */
static int
code_at(int i)
{
    return i < NEGATIVE ? OTHER - 1 - i : i - NEGATIVE;
}

int
seg_histogram_next(const struct seg_histogram *h, struct seg_histogram_bin *at)
{
    while (at->whole < WHOLE && !h->whole[at->whole])
        at->whole++;
    while (h->other && at->other < OTHER && !h->other[code_at(at->other)])
        at->other++;
    int has_other = h->other && at->other < OTHER;
    double other = has_other ? value_of(code_at(at->other)) : 0;

    if (at->whole < WHOLE && !(has_other && other < at->whole + LOWEST)) {
        at->value = at->whole + LOWEST;
        at->n = h->whole[at->whole++];
        return 1;
    }
    if (!has_other)
        return 0;
    at->value = other;
    at->n = h->other[code_at(at->other++)];
    return 1;
}

double
seg_histogram_percentile(const struct seg_histogram *h, double p)
{
    struct seg_histogram_bin at = {0};
    uint64_t n = 0, before = 0;
    double last = NAN;

    while (seg_histogram_next(h, &at))
        n += at.n;
    if (!n)
        return NAN;
    long double place = (long double)p / 100 * (long double)(n - 1);
    uint64_t below = (uint64_t)place;
    at = (struct seg_histogram_bin){0};
    while (seg_histogram_next(h, &at)) {
        before += at.n;
        if (before > below + 1 || (before == below + 1 && before == n))
            return isnan(last)
                       ? at.value
                       : last + (double)(place - below) * (at.value - last);
        if (before == below + 1)
            last = at.value;
    }
    return last;
}

void
seg_histogram_mean_sd(double *mean, double *sd, const struct seg_histogram *h,
    double low, double high)
{
    struct seg_histogram_bin at = {0};
    long double n = 0, sum = 0, squares = 0;

    while (seg_histogram_next(h, &at)) {
        long double v = (long double)fmin(fmax(at.value, low), high);
        long double k = (long double)at.n;

        n += k;
        sum += k * v;
        squares += k * v * v;
    }
    long double m = sum / n, variance = squares / n - m * m;
    *mean = (double)m;
    *sd = variance <= 0 ? 0 : (double)sqrtl(variance);
}
