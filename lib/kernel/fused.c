/* Memory layout and reduction of channel sums that are computed in parts. */
#include <math.h>
#include <string.h>

#include "lib/base/cache_line.h"
#include "lib/kernel/fused_kernel.h"

size_t
seg_part_stride(int c)
{
    return round_floats((size_t)c);
}

size_t
seg_part_floats(int c)
{
    return 3 * seg_part_stride(c) + CACHE_LINE_FLOATS;
}

void
seg_part_start(float *part, const float *first, float pixels, int c)
{
    size_t stride = seg_part_stride(c);

    memset(part, 0, 3 * stride * sizeof *part);
    if (first)
        memcpy(part, first, (size_t)c * sizeof *part);
    part[3 * stride] = pixels;
}

/*
 * Combines the statistics of n parts for channels c0 to c1.  Part i has n_i
 * pixels; s_i and q_i are the sums of x - first_i and of its square:
 *
 *   mean_i = first_i + s_i / n_i,   mean = sum n_i mean_i / sum n_i
 *   m var  = sum ( q_i - s_i^2 / n_i + n_i (mean_i - mean)^2 )
 */
static void
reduce_stats(const struct seg_channel_stats *to, const float *parts, int n,
    int c0, int c1, int c)
{
    size_t stride = seg_part_stride(c), each = seg_part_floats(c);
    double mean[CACHE_LINE_FLOATS] = {0}, square[CACHE_LINE_FLOATS] = {0},
           m = 0;
    int width = c1 - c0;

    for (int i = 0; i < n; i++) {
        const float *p = parts + (size_t)i * each + c0;
        double pixels = p[3 * stride - (size_t)c0];
        m += pixels;
        for (int j = 0; j < width; j++)
            mean[j] += pixels * p[j] + p[stride + (size_t)j];
    }
    for (int j = 0; j < width; j++)
        mean[j] /= m;
    for (int i = 0; i < n; i++) {
        const float *p = parts + (size_t)i * each + c0;
        double pixels = p[3 * stride - (size_t)c0],
               share = pixels > 0 ? 1 / pixels : 0;
        for (int j = 0; j < width; j++) {
            double off = p[stride + (size_t)j] * share;
            double gap = p[j] + off - mean[j];
            square[j] +=
                p[2 * stride + (size_t)j] + pixels * (gap * gap - off * off);
        }
    }
    for (int j = 0; j < width; j++) {
        to->mean[c0 + j] = (float)mean[j];
        to->var[c0 + j] = (float)fmax(0, square[j] / m);
    }
}

void
seg_parts_stats(const struct seg_channel_stats *to, const float *parts, int n,
    int c, int threads)
{
#pragma omp parallel for num_threads(threads)
    for (int j = 0; j < c; j += CACHE_LINE_FLOATS)
        reduce_stats(to, parts, n, j,
            j + CACHE_LINE_FLOATS < c ? j + CACHE_LINE_FLOATS : c, c);
}

void
seg_parts_sums(const struct seg_fused_relu *to, const float *parts, int n,
    int c, int threads)
{
    size_t stride = seg_part_stride(c), each = seg_part_floats(c);

#pragma omp parallel for num_threads(threads)
    for (int c0 = 0; c0 < c; c0 += CACHE_LINE_FLOATS) {
        int width = c - c0 < CACHE_LINE_FLOATS ? c - c0 : CACHE_LINE_FLOATS;
        double sum[CACHE_LINE_FLOATS] = {0}, product[CACHE_LINE_FLOATS] = {0};
        for (int i = 0; i < n; i++) {
            const float *p = parts + (size_t)i * each + stride + c0;
            for (int j = 0; j < width; j++) {
                sum[j] += p[j];
                product[j] += p[stride + (size_t)j];
            }
        }
        memcpy(to->sum + c0, sum, (size_t)width * sizeof *sum);
        memcpy(to->product + c0, product, (size_t)width * sizeof *sum);
    }
}
