#include <math.h>
#include <string.h>

#include "lib/kernel/argmax.h"
#include "lib/label/labelmap.h"
#include "lib/predict/pixel_outputs.h"

/* 1 if all u[n] are finite: otherwise the sum of u[i] - u[i] is NaN. */
static int
all_finite(const float *u, size_t n)
{
    float sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += u[i] - u[i];
    return sum == 0;
}

static void
softmax(float *u, int k)
{
    float top = u[0], sum = 0;

    for (int i = 1; i < k; i++)
        top = u[i] > top ? u[i] : top;
    for (int i = 0; i < k; i++)
        sum += u[i] = expf(u[i] - top);
    for (int i = 0; i < k; i++)
        u[i] /= sum;
}

int
seg_softmax_row(float *scores, int n, int k)
{
    if (!all_finite(scores, (size_t)n * k))
        return -1;
    for (int i = 0; i < n; i++)
        softmax(scores + (size_t)i * k, k);
    return 0;
}

static float
entropy(const float *p, int k)
{
    float sum = 0;

    for (int i = 0; i < k; i++)
        if (p[i] > 0)
            sum -= p[i] * logf(p[i]);
    return sum;
}

/* top[0]: the largest of p[k], top[1]: the second largest. */
static void
two_largest(float top[2], const float *p, int k)
{
    top[0] = p[0];
    top[1] = 0;
    for (int i = 1; i < k; i++) {
        if (p[i] > top[0]) {
            top[1] = top[0];
            top[0] = p[i];
        } else if (p[i] > top[1]) {
            top[1] = p[i];
        }
    }
}

/* Overwrites the outputs of pixels without data among the n pixels from `at`
   on. */
static void
clear_gaps(const struct seg_pixel_outputs *v, size_t at, int n, int k)
{
    float *const maps[] = {v->confidence, v->entropy, v->margin};

    for (size_t i = at; i < at + (size_t)n; i++) {
        if (!v->gap[i])
            continue;
        if (v->pred)
            v->pred[i] = SEG_IGNORE;
        if (v->probs)
            memset(v->probs + i * (size_t)k, 0, (size_t)k * sizeof(float));
        for (int m = 0; m < 3; m++)
            if (maps[m])
                maps[m][i] = 0;
    }
}

static void
write_maps(const struct seg_pixel_outputs *v, size_t at, int n, float *u, int k)
{
    for (int i = 0; i < n; i++, u += k, at++) {
        float top[2];

        if (!v->probable)
            softmax(u, k);
        two_largest(top, u, k);
        if (v->probs)
            memcpy(v->probs + at * (size_t)k, u, (size_t)k * sizeof *u);
        if (v->confidence)
            v->confidence[at] = top[0];
        if (v->entropy)
            v->entropy[at] = entropy(u, k);
        if (v->margin)
            v->margin[at] = top[0] - top[1];
    }
}

int
seg_pixel_outputs_row(void *outputs, int y, int x, int n, float *u, int k)
{
    const struct seg_pixel_outputs *v = outputs;
    size_t at = (size_t)(y - v->y) * (size_t)v->w + (size_t)x;

    if (!all_finite(u, (size_t)n * (size_t)k))
        return -1;
    for (int i = 0; v->pred && i < n; i++)
        v->pred[at + (size_t)i] = (uint8_t)seg_argmax(u + (size_t)i * k, k);
    if (v->probs || v->confidence || v->entropy || v->margin)
        write_maps(v, at, n, u, k);
    if (v->gap)
        clear_gaps(v, at, n, k);
    return 0;
}
