#include <math.h>

#include "lib/loss/contrast_report.h"

enum { SAMPLE = 128 }; /* rows */

void
seg_contrast_measure(struct seg_contrast_report *r, const float *f,
    const int *y, int ignore, size_t rows, int d)
{
    size_t stride = (rows + SAMPLE - 1) / SAMPLE;
    double near = 0, spread = 0, pairs = 0, positive = 0;

    for (size_t i = 0; i < rows; i += stride)
        for (size_t j = 0; j < i; j += stride) {
            const float *a = f + i * (size_t)d, *b = f + j * (size_t)d;
            float dot = 0;

            if (y[i] == ignore || y[j] == ignore)
                continue;
            for (int c = 0; c < d; c++)
                dot += a[c] * b[c];
            double gap = 2 - 2 * (double)dot;
            if (y[i] == y[j]) {
                near += gap;
                positive++;
            }
            spread += exp(-2 * gap);
            pairs++;
        }
    r->alignment = positive > 0 ? near / positive : 0;
    r->uniformity = pairs > 0 ? log(spread / pairs) : 0;
}
