#include <math.h>

#include "lib/label/polygon_fill.h"

/* The first of n pixels whose center is not left of x. */
static size_t
first_pixel(double x, size_t n)
{
    double i = ceil(x - 0.5);

    return i <= 0 ? 0 : i >= (double)n ? n : (size_t)i;
}

/* Notes where the edge from a to b crosses the centers of rows. */
static void
cross(uint8_t *crossing, size_t w, size_t h, const double *a, const double *b)
{
    const double *top = a[1] < b[1] ? a : b, *bottom = top == a ? b : a;
    double slope = (bottom[0] - top[0]) / (bottom[1] - top[1]);
    size_t end = first_pixel(bottom[1], h);

    for (size_t y = first_pixel(top[1], h); y < end; y++) {
        double x = top[0] + ((double)y + 0.5 - top[1]) * slope;

        crossing[y * (w + 1) + first_pixel(x, w)] ^= 1;
    }
}

static void
fill_runs(uint8_t *label, size_t w, size_t h, const struct seg_runs *r, int id)
{
    size_t end = 0;

    for (size_t i = 0; i < r->n; i++) {
        size_t at = end;

        end += r->run[i];
        for (; i % 2 && at < end; at++) {
            size_t x = r->x + (r->by_rows ? at % r->w : at / r->h);
            size_t y = r->y + (r->by_rows ? at / r->w : at % r->h);

            if (x < w && y < h)
                label[y * w + x] = (uint8_t)id;
        }
    }
}

int
seg_polygon_fill(uint8_t *label, uint8_t *crossing, size_t w, size_t h,
    const struct seg_polygon *p, int id, int64_t *steps)
{
    if (p->runs) {
        *steps -= (int64_t)(p->runs->w * p->runs->h + p->runs->n);
        if (*steps < 0)
            return -1;
        fill_runs(label, w, h, p->runs, id);
        return 0;
    }
    double low = HUGE_VAL, high = -HUGE_VAL;

    for (size_t i = 0; i < p->n; i++) {
        low = fmin(low, p->xy[i][1]);
        high = fmax(high, p->xy[i][1]);
    }
    size_t from = first_pixel(low, h), to = first_pixel(high, h);
    if (from >= to)
        return 0;
    *steps -= (int64_t)((to - from) * (w + 1) + p->n);
    for (size_t i = 0; i < p->n; i++) {
        const double *a = p->xy[i], *b = p->xy[i + 1 < p->n ? i + 1 : 0];

        *steps -= (int64_t)(first_pixel(fmax(a[1], b[1]), h) -
                            first_pixel(fmin(a[1], b[1]), h));
        if (*steps < 0)
            return -1;
        if (a[1] != b[1])
            cross(crossing, w, h, a, b);
    }
    for (size_t y = from; y < to; y++) {
        uint8_t *row = crossing + y * (w + 1), inside = 0;

        for (size_t x = 0; x < w; x++) {
            inside ^= row[x];
            row[x] = 0;
            if (inside)
                label[y * w + x] = (uint8_t)id;
        }
        row[w] = 0;
    }
    return 0;
}
