/* The steps of seg_augment_apply on pixels, and blur. */
#include <math.h>
#include <string.h>

#include "lib/image/augment.h"

static inline float
clamp(float v, struct seg_range r)
{
    v = v > r.least ? v : r.least;
    return v < r.most ? v : r.most;
}

static inline float
luma(const float *p)
{
    return 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2];
}

static inline float
gray_of(const float *p, int c)
{
    float sum = 0;

    if (c == 3)
        return luma(p);
    for (int b = 0; b < c; b++)
        sum += p[b];
    return sum / (float)c;
}

void
seg_color_gamma(float *x, size_t n, float gamma)
{
    float least = x[0], most = x[0];

    for (size_t i = 1; i < n; i++) {
        least = x[i] < least ? x[i] : least;
        most = x[i] > most ? x[i] : most;
    }
    if (least == most)
        return;
    for (size_t i = 0; i < n; i++)
        x[i] = least +
               (most - least) * powf((x[i] - least) / (most - least), gamma);
}

void
seg_color_bias(float *x, int h, int w, int c, const float k[SEG_BIAS_TERMS])
{
    size_t row = (size_t)w * (size_t)c, n = (size_t)h * row;
    float least = x[0];

    for (size_t i = 1; i < n; i++)
        least = x[i] < least ? x[i] : least;
    for (int i = 0; i < h; i++, x += row) {
        float v = h > 1 ? 2 * (float)i / (float)(h - 1) - 1 : 0;
        /* the polynomial in u that is left in this row */
        float k0 = v * (k[0] + v * (k[1] + v * k[2]));
        float k1 = k[3] + v * (k[4] + v * k[5]), k2 = k[6] + v * k[7];

        for (int j = 0; j < w; j++) {
            float u = w > 1 ? 2 * (float)j / (float)(w - 1) - 1 : 0;
            float gain = expf(k0 + u * (k1 + u * (k2 + u * k[8])));

            for (int b = 0; b < c; b++) {
                float *p = x + (size_t)j * (size_t)c + b;

                *p = least + gain * (*p - least);
            }
        }
    }
}

void
seg_color_brightness(float *x, size_t n, float f, struct seg_range range)
{
    for (size_t i = 0; i < n; i++)
        x[i] = clamp(f * x[i], range);
}

void
seg_color_contrast(float *x, size_t n, int c, float f, struct seg_range range)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)gray_of(x + i * c, c);
    float mean = (float)(sum / (double)n);
    for (size_t i = 0; i < n * c; i++)
        x[i] = clamp(mean + f * (x[i] - mean), range);
}

void
seg_color_saturation(float *x, size_t n, float f, struct seg_range range)
{
    for (size_t i = 0; i < n; i++) {
        float *p = x + 3 * i, gray = luma(p);

        for (int b = 0; b < 3; b++)
            p[b] = clamp(gray + f * (p[b] - gray), range);
    }
}

/*
 * Hue to color, with v the largest band, d the range of the bands and h the hue
 * in sixths of a turn: a band is v - d clamp(min(k, 4 - k), 0, 1), k = (n + h)
 * mod 6, n = 5, 3, 1 for red, green, blue.
 */
static inline float
band_of_hue(float k, float v, float d)
{
    k = k >= 6 ? k - 6 : k;
    k = k >= 6 ? k - 6 : k;
    float m = k < 4 - k ? k : 4 - k;
    m = m < 0 ? 0 : m > 1 ? 1 : m;
    return v - d * m;
}

void
seg_color_hue(float *x, size_t n, float turn)
{
    float by = 6 * (turn < 0 ? turn + 1 : turn);

    for (size_t i = 0; i < n; i++) {
        float *p = x + 3 * i, r = p[0], g = p[1], b = p[2];
        float v = r > g ? r : g, low = r > g ? g : r;

        v = v > b ? v : b;
        low = low < b ? low : b;
        float d = v - low, one = d > 0 ? 1 / d : 0;
        float h = v == r   ? (g - b) * one
                  : v == g ? 2 + (b - r) * one
                           : 4 + (r - g) * one;
        h += by;
        h = h < 0 ? h + 6 : h >= 6 ? h - 6 : h;
        p[0] = band_of_hue(h + 5, v, d);
        p[1] = band_of_hue(h + 3, v, d);
        p[2] = band_of_hue(h + 1, v, d);
    }
}

void
seg_color_gains(
    float *x, size_t n, int c, const float *gain, struct seg_range range)
{
    for (size_t i = 0; i < n; i++)
        for (int b = 0; b < c; b++)
            x[i * c + b] = clamp(gain[b] * x[i * c + b], range);
}

void
seg_color_gray(float *x, size_t n, int c)
{
    for (size_t i = 0; i < n; i++) {
        float gray = gray_of(x + i * c, c);

        for (int b = 0; b < c; b++)
            x[i * c + b] = gray;
    }
}

/* y[i] += g x[i] */
static void
add(float *restrict y, const float *restrict x, size_t n, float g)
{
    for (size_t i = 0; i < n; i++)
        y[i] += g * x[i];
}

static int
clamp_index(int i, int n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/* Separable convolution: vertically into y, then horizontally back into x, one
   padded row at a time, so that all inner loops run over adjacent memory. */
int
seg_blur(float *x, int h, int w, int c, float sigma, struct seg_arena *scratch,
    struct seg_err *e)
{
    int radius = (int)ceilf(3 * sigma), taps = 2 * radius + 1;
    size_t pitch = (size_t)w * c, rim = (size_t)radius * c;
    float *g = seg_take_dirty(scratch, (size_t)taps, sizeof *g, e), sum = 0;
    float *y = seg_take(scratch, (size_t)h * pitch, sizeof *y, e);
    float *row = seg_take_dirty(scratch, pitch + 2 * rim, sizeof *row, e);

    if (!g || !y || !row)
        return -1;
    for (int j = 0; j < taps; j++) {
        float d = (float)(j - radius) / sigma;

        sum += g[j] = expf(-0.5f * d * d);
    }
    for (int j = 0; j < taps; j++)
        g[j] /= sum;
    for (int i = 0; i < h; i++)
        for (int j = 0; j < taps; j++)
            add(y + i * pitch, x + clamp_index(i + j - radius, h) * pitch,
                pitch, g[j]);
    memset(x, 0, (size_t)h * pitch * sizeof *x);
    for (int i = 0; i < h; i++) {
        memcpy(row + rim, y + i * pitch, pitch * sizeof *row);
        for (size_t k = 0; k < rim; k++) {
            row[k] = row[rim + k % c];
            row[rim + pitch + k] = row[rim + pitch - c + k % c];
        }
        for (int j = 0; j < taps; j++)
            add(x + i * pitch, row + (size_t)j * c, pitch, g[j]);
    }
    return 0;
}
