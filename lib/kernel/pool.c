#include "lib/kernel/pool.h"

#include <stddef.h>
#include <string.h>

#include "lib/simd/rows.h"

/* Windows along one axis; with ceil, the last must begin inside the image or
   its left padding. */
static int
windows(int size, const struct seg_pool *q)
{
    int span = size + 2 * q->pad - q->k;
    if (span < 0)
        return 0;
    int n = (span + (q->ceil ? q->stride - 1 : 0)) / q->stride + 1;
    if (q->ceil && (n - 1) * q->stride >= size + q->pad)
        n--;
    return n;
}

int
seg_pool_plan(struct seg_pool *q)
{
    if (q->n < 1 || q->h < 1 || q->w < 1 || q->c < 1 || q->k < 1 ||
        q->k > SEG_POOL_SIDE || q->stride < 1 || q->pad < 0 ||
        q->pad > q->k / 2 || q->threads < 1)
        return -1;
    q->oh = windows(q->h, q);
    q->ow = windows(q->w, q);
    return q->oh < 1 || q->ow < 1 ? -1 : 0;
}

/* Lists the pixels of the window whose corner is (y, x): their offsets in the
   image, and their numbers in the window. */
static int
list_taps(long *at, uint8_t *which, const struct seg_pool *q, int y, int x)
{
    int n = 0;

    for (int p = 0; p < q->k * q->k; p++) {
        int iy = y + p / q->k, ix = x + p % q->k;
        if (iy < 0 || iy >= q->h || ix < 0 || ix >= q->w)
            continue;
        at[n] = ((long)iy * q->w + ix) * q->c;
        which[n++] = (uint8_t)p;
    }
    return n;
}

void
seg_maxpool_forward(
    float *y, uint8_t *index, const float *x, const struct seg_pool *q)
{
    const struct row_kernels *kn = row_kernels();
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int t = 0; t < q->n * q->oh; t++) {
        const float *image = x + (long)(t / q->oh) * q->h * q->w * q->c;
        long at[SEG_POOL_SIDE * SEG_POOL_SIDE];
        uint8_t which[SEG_POOL_SIDE * SEG_POOL_SIDE];
        for (int j = 0; j < q->ow; j++) {
            long to = ((long)t * q->ow + j) * q->c;
            int taps = list_taps(at, which, q, t % q->oh * q->stride - q->pad,
                j * q->stride - q->pad);
            kn->max_window(y + to, index ? index + to : NULL, image, at, which,
                taps, q->c);
        }
    }
}

/* A task is one row of dx; it adds from all windows that contain it. */
void
seg_maxpool_backward(float *dx, const float *dy, const uint8_t *index, int add,
    const struct seg_pool *q)
{
    const struct row_kernels *kn = row_kernels();
    int c = q->c, k = q->k, s = q->stride;
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int t = 0; t < q->n * q->h; t++) {
        int iy = t % q->h + q->pad; /* from the edge of the padding */
        float *row = dx + (long)t * q->w * c;
        if (!add)
            memset(row, 0, (size_t)q->w * c * sizeof *row);
        for (int i = iy < k ? 0 : (iy - k) / s + 1; i < q->oh && i * s <= iy;
             i++)
            for (int j = 0; j < q->ow; j++) {
                long from =
                    (((long)t / q->h * q->oh + i) * q->ow + j) * (long)c;
                for (int p = 0; p < k; p++) {
                    int ix = j * s - q->pad + p;
                    if (ix >= 0 && ix < q->w)
                        kn->add_selected(row + (long)ix * c, dy + from,
                            index + from, (iy - i * s) * k + p, c);
                }
            }
    }
}

enum { MEAN_ROWS = 64, MEAN_COLS = 64 };

/* MEAN_COLS channels of one image.  MEAN_ROWS pixels at a time are added in
   float, their sums in double. */
static void
mean_columns(float *y, const float *x, int m, int c, int cols)
{
    const struct row_kernels *kn = row_kernels();
    double sum[MEAN_COLS] = {0};
    for (int j = 0; j < m; j += MEAN_ROWS) {
        float part[MEAN_COLS] = {0};
        for (int i = j; i < m && i < j + MEAN_ROWS; i++)
            kn->sum(part, part, x + (long)i * c, cols);
        for (int k = 0; k < cols; k++)
            sum[k] += part[k];
    }
    for (int k = 0; k < cols; k++)
        y[k] = (float)(sum[k] / m);
}

void
seg_meanpool_forward(float *y, const float *x, int n, int m, int c, int threads)
{
    int pieces = (c + MEAN_COLS - 1) / MEAN_COLS;
#pragma omp parallel for num_threads(threads)
    for (int t = 0; t < n * pieces; t++) {
        int i = t / pieces, at = t % pieces * MEAN_COLS;
        mean_columns(y + (long)i * c + at, x + (long)i * m * c + at, m, c,
            c - at < MEAN_COLS ? c - at : MEAN_COLS);
    }
}

void
seg_meanpool_backward(
    float *dx, const float *dy, int add, int n, int m, int c, int threads)
{
    const struct row_kernels *kn = row_kernels();
    float share = 1.0f / (float)m;
#pragma omp parallel for num_threads(threads)
    for (long i = 0; i < (long)n * m; i++)
        (add ? kn->add_scaled : kn->scale)(
            dx + i * c, dy + i / m * c, share, c);
}
