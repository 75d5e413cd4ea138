/* Calibration against the definitions, pixel by pixel, in long double. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/score/calibration.h"
#include "tests/unit/tap.h"

enum { SETS = 500, SIDE = 6, MOST = SIDE * SIDE, CLASSES = 4, IGNORE = 255 };

struct image {
    struct seg_tensor label, probs;
    uint8_t y[MOST];
    float p[MOST * CLASSES];
    int classes, n;
};

static void
random_image(struct image *m, int classes, struct seg_rng *r)
{
    size_t h = 1 + seg_rng_below(r, SIDE), w = 1 + seg_rng_below(r, SIDE);
    size_t k = (size_t)classes;

    m->classes = classes;
    m->n = (int)(h * w);
    m->label = (struct seg_tensor){"label", SEG_U8, 2, {h, w}, h * w, m->y};
    m->probs = (struct seg_tensor){
        "probs", SEG_F32, 3, {h, w, k}, h * w * k * sizeof *m->p, m->p};
    for (int i = 0; i < m->n; i++) {
        float *p = m->p + i * classes;
        double x[CLASSES], sum = 0;

        m->y[i] = (uint8_t)seg_rng_below(r, k);
        if (seg_rng_unit(r) < 0.1)
            m->y[i] = IGNORE;
        for (int j = 0; j < classes; j++)
            sum += x[j] = exp(4 * seg_rng_normal(r));
        for (int j = 0; j < classes; j++)
            p[j] = (float)(x[j] / sum);
        if (seg_rng_unit(r) < 0.1) /* a pixel with one probability of 1 */
            for (int j = 0; j < classes; j++)
                p[j] = !j;
    }
}

/* Sums of a bin, with a pass over all pixels for each bin. */
static void
add_gaps(long double *gap, const struct image *m, int bins)
{
    for (int i = 0; i < m->n; i++) {
        const float *p = m->p + i * m->classes;
        int best = 0;

        for (int j = 0; j < m->classes; j++)
            best = p[j] > p[best] ? j : best;
        for (int b = 0; m->y[i] != IGNORE && b < bins; b++)
            if ((double)p[best] * bins > b && (double)p[best] * bins <= b + 1)
                gap[b] += (best == m->y[i]) - (long double)p[best];
    }
}

static int
agrees(int number)
{
    struct seg_rng r = seg_rng_make(1, "", "calibration", (uint64_t)number);
    static struct seg_calibration c;
    struct seg_err e;
    long double brier = 0, nll = 0, gap[20] = {0}, ece = 0, n = 0;

    c = (struct seg_calibration){.bins = 1 + (int)seg_rng_below(&r, 20),
        .classes = 1 + (int)seg_rng_below(&r, CLASSES),
        .ignore = IGNORE};
    for (int k = 0; k < 3; k++) {
        struct image m;

        random_image(&m, c.classes, &r);
        if (seg_calibration_add(&c, &m.label, &m.probs, "k", &e))
            return 0;
        add_gaps(gap, &m, c.bins);
        for (int i = 0; i < m.n; i++) {
            if (m.y[i] == IGNORE)
                continue;
            n++;
            for (int j = 0; j < m.classes; j++)
                brier += powl(
                    (long double)m.p[i * m.classes + j] - (j == m.y[i]), 2);
            nll -= logl(
                fmaxl((long double)m.p[i * m.classes + m.y[i]], FLT_EPSILON));
        }
    }
    for (int b = 0; b < c.bins; b++)
        ece += fabsl(gap[b]);
    struct seg_calibration_scores s = seg_calibration_scores(&c);
    if (n == 0)
        return isnan(s.ece) && isnan(s.brier) && isnan(s.nll);
    return fabsl((long double)s.ece - ece / n) < 1e-12L &&
           fabsl((long double)s.brier - brier / n) < 1e-12L &&
           fabsl((long double)s.nll - nll / n) < 1e-12L;
}

static void
test_errors(void)
{
    static struct seg_calibration c = {
        .bins = 15, .classes = 2, .ignore = IGNORE};
    struct seg_err e;
    uint8_t y[4] = {0, 1, IGNORE, 0};
    float p[8] = {1, 0, 0.5f, 0.5f, 0.25f, 0.75f, 0.1f, 0.9f};
    struct seg_tensor label = {"label", SEG_U8, 2, {2, 2}, 4, y},
                      probs = {"probs", SEG_F32, 3, {2, 2, 2}, 32, p};

    ok(!seg_calibration_add(&c, &label, &probs, "k", &e) && c.pixels == 3 &&
            c.bin[14].n == 1 && c.bin[7].n == 1 && c.bin[13].n == 1,
        "an ignored pixel does not count; a bin holds its upper end");
    ok(!c.bin[7].hit, "of equals the lower class is predicted");
    p[4] = 0.5f;
    ok(seg_calibration_add(&c, &label, &probs, "town", &e) &&
            e.kind == SEG_EDATA &&
            !strcmp(e.text, "town: tensor probs: no probabilities at (x 0, y "
                            "1), expected 2 of 0 to 1 whose sum is 1"),
        "logits are told from probabilities: %s", e.text);
    p[4] = NAN;
    ok(seg_calibration_add(&c, &label, &probs, "town", &e), "nan is none");
    p[4] = 0.25f;
    probs.shape[2] = 3;
    ok(seg_calibration_add(&c, &label, &probs, "town", &e) &&
            strstr(e.text, "[2,2,3] f32, expected [2,2,2] f32"),
        "one probability a class: %s", e.text);
}

int
main(void)
{
    int good = 0;

    for (int i = 0; i < SETS; i++)
        good += agrees(i);
    ok(good == SETS, "%d of %d sets agree with the definitions", good, SETS);
    test_errors();
    return done();
}
