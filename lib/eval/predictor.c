#include <math.h>
#include <string.h>

#include "lib/eval/predictor.h"

enum { LARGEST_STRIDE = 64 };

/* Plans for the picture with its sides rounded up to a multiple of step. */
static int
plan_at(struct seg_predictor *p, int h, int w, int step, struct seg_err *e)
{
    struct seg_net_plan plan = {.n = 1,
        .h = (h + step - 1) / step * step,
        .w = (w + step - 1) / step * step,
        .threads = p->threads,
        .exact = p->exact,
        .mem_limit = p->mem_limit,
        .last = p->last,
        .wanted = &p->extra,
        .nwanted = p->extra != NULL};

    p->h = h;
    p->w = w;
    p->padded_h = plan.h;
    p->padded_w = plan.w;
    return seg_net_plan(p->net, &plan, e);
}

/* The least padding that the network accepts; its own complaint if none. */
static int
fit(struct seg_predictor *p, int h, int w, struct seg_err *e)
{
    struct seg_err other;

    if (plan_at(p, h, w, 1, e) == 0)
        return 0;
    for (int step = 2; step <= LARGEST_STRIDE && e->kind != SEG_EMEM; step *= 2)
        if (plan_at(p, h, w, step, &other) == 0)
            return 0;
    p->h = p->w = 0;
    return -1;
}

/* Repeats the last column and the last row of the picture in x. */
static void
pad(const struct seg_predictor *p, float *x, size_t c)
{
    size_t row = (size_t)p->padded_w * c;

    for (int i = 0; i < p->h; i++) {
        float *end = x + (size_t)i * row + (size_t)p->w * c;
        for (int j = p->w; j < p->padded_w; j++, end += c)
            memcpy(end, end - c, c * sizeof *x);
    }
    for (int i = p->h; i < p->padded_h; i++)
        memcpy(x + (size_t)i * row, x + (size_t)(i - 1) * row, row * sizeof *x);
}

int
seg_predictor_run(struct seg_predictor *p, const struct seg_tensor *image,
    const char *where, struct seg_err *e)
{
    if (image->rank != 3 || !image->bytes || image->shape[0] > 1 << 20 ||
        image->shape[1] > 1 << 20)
        return seg_fail(e, SEG_EDATA,
            "%s: image must be [height,width,channels] of up to 2^20 a side",
            where);
    int h = (int)image->shape[0], w = (int)image->shape[1];
    if ((h != p->h || w != p->w) && fit(p, h, w, e))
        return -1;
    struct seg_value *in = seg_net_input(p->net);
    if (seg_normalize_picture(
            in->x, (size_t)p->padded_w, image, &p->normalize, where, e))
        return -1;
    pad(p, in->x, (size_t)in->c);
    seg_net_forward(p->net, 0, 0);
    return 0;
}

void
seg_predictor_size(
    const struct seg_predictor *p, const struct seg_value *v, int *h, int *w)
{
    *h = (int)(((long)p->h * v->h + p->padded_h - 1) / p->padded_h);
    *w = (int)(((long)p->w * v->w + p->padded_w - 1) / p->padded_w);
}

/* What must hold before logits are read; NaN makes a sum NaN. */
static int
check(const struct seg_predictor *p, const struct seg_value *v,
    const char *where, struct seg_err *e)
{
    if (v->h != p->padded_h || v->w != p->padded_w || v->c > 255)
        return seg_fail(e, SEG_EDATA,
            "%s: the network makes %dx%d pixels of %d classes of %dx%d", where,
            v->w, v->h, v->c, p->padded_w, p->padded_h);
    float sum = 0;
    for (size_t i = 0; i < (size_t)v->h * v->w * v->c; i++)
        sum += v->x[i] - v->x[i];
    if (sum != 0)
        return seg_fail(
            e, SEG_EDATA, "%s: the network makes no finite numbers", where);
    return 0;
}

int
seg_predictor_labels(const struct seg_predictor *p, uint8_t *pred,
    const struct seg_value *logits, const char *where, struct seg_err *e)
{
    int k = logits->c;

    if (check(p, logits, where, e))
        return -1;
#pragma omp parallel for num_threads(p->threads)
    for (int y = 0; y < p->h; y++) {
        const float *u = logits->x + (size_t)y * logits->w * k;

        for (int x = 0; x < p->w; x++, u += k) {
            int best = 0;
            for (int i = 1; i < k; i++)
                best = u[i] > u[best] ? i : best;
            pred[(size_t)y * p->w + x] = (uint8_t)best;
        }
    }
    return 0;
}

static void
softmax(float *out, const float *u, int k)
{
    float top = u[0], sum = 0;

    for (int i = 1; i < k; i++)
        top = u[i] > top ? u[i] : top;
    for (int i = 0; i < k; i++)
        sum += out[i] = expf(u[i] - top);
    for (int i = 0; i < k; i++)
        out[i] /= sum;
}

int
seg_predictor_probs(const struct seg_predictor *p, float *probs,
    const struct seg_value *logits, const char *where, struct seg_err *e)
{
    size_t k = (size_t)logits->c;

    if (check(p, logits, where, e))
        return -1;
#pragma omp parallel for num_threads(p->threads)
    for (int y = 0; y < p->h; y++)
        for (int x = 0; x < p->w; x++)
            softmax(probs + ((size_t)y * p->w + x) * k,
                logits->x + ((size_t)y * logits->w + x) * k, (int)k);
    return 0;
}

void
seg_predictor_cut(
    const struct seg_predictor *p, float *out, const struct seg_value *v)
{
    int h, w;

    seg_predictor_size(p, v, &h, &w);
    for (int y = 0; y < h; y++)
        memcpy(out + (size_t)y * w * v->c, v->x + (size_t)y * v->w * v->c,
            (size_t)w * v->c * sizeof *out);
}
