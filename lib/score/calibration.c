#include <float.h>
#include <math.h>

#include "lib/kernel/argmax.h"
#include "lib/score/calibration.h"

/* The probabilities of a pixel without data are all 0. */
static int
has_no_data(const float *p, int k)
{
    for (int i = 0; i < k; i++)
        if (p[i] != 0)
            return 0;
    return 1;
}

static int
are_probabilities(const float *p, int k)
{
    double sum = 0;

    for (int i = 0; i < k; i++) {
        if (!(p[i] >= 0 && p[i] <= 1))
            return 0;
        sum += (double)p[i];
    }
    return fabs(sum - 1) <= 0.001;
}

static void
add_pixel(struct seg_calibration *c, const float *p, int y)
{
    int best = seg_argmax(p, c->classes);
    int b = (int)ceil((double)p[best] * c->bins) - 1;
    struct seg_bin *bin = c->bin + (b > 0 ? b : 0);

    bin->n++;
    bin->hit += best == y;
    bin->confidence += (double)p[best];
    for (int i = 0; i < c->classes; i++) {
        double d = (double)p[i] - (i == y);
        c->brier += d * d;
    }
    c->nll -= log(fmax((double)p[y], FLT_EPSILON));
    c->pixels++;
}

int
seg_calibration_add(struct seg_calibration *c, const struct seg_tensor *label,
    const struct seg_tensor *probs, const char *key, struct seg_err *e)
{
    const uint8_t *y = label->data;
    const float *p = probs->data;
    size_t k = (size_t)c->classes, w = label->shape[1];
    char seen[200];

    if (probs->type != SEG_F32 || probs->rank != 3 ||
        probs->shape[0] != label->shape[0] || probs->shape[1] != w ||
        probs->shape[2] != k)
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s is %s, expected [%zu,%zu,%zu] f32", key, probs->name,
            seg_tensor_describe(seen, sizeof seen, probs), label->shape[0], w,
            k);
    for (size_t i = 0; i < label->bytes; i++, p += k) {
        if (has_no_data(p, c->classes))
            continue;
        if (!are_probabilities(p, c->classes))
            return seg_fail(e, SEG_EDATA,
                "%s: tensor %s: no probabilities at (x %zu, y %zu), expected "
                "%zu of 0 to 1 whose sum is 1",
                key, probs->name, i % w, i / w, k);
        if (y[i] != c->ignore)
            add_pixel(c, p, y[i]);
    }
    return 0;
}

struct seg_calibration_scores
seg_calibration_scores(const struct seg_calibration *c)
{
    double gaps = 0, n = (double)c->pixels;

    if (!c->pixels)
        return (struct seg_calibration_scores){NAN, NAN, NAN};
    for (int i = 0; i < c->bins; i++)
        gaps += fabs((double)c->bin[i].hit - c->bin[i].confidence);
    return (struct seg_calibration_scores){gaps / n, c->brier / n, c->nll / n};
}
