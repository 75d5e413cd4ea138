/*
 * Dropout (Srivastava et al. 2014): in training each number is dropped with
 * probability p and the others are multiplied by 1/(1-p); prediction copies.
 *
 *   y[m,c] = x[m,c] keep[m,c] / (1 - p)
 *
 * mode=drop_path draws once for each image of the batch: on a residual branch
 * this is stochastic depth (Huang et al., 1603.09382).
 *
 * keep is a function of the seed, the step and the node's name.  It is drawn
 * again in backward, and in blocks, so that threads have no effect.
 */
#include "lib/base/rng.h"
#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"
#include "lib/op/fusion.h"

enum { SET_P, SET_MODE };
enum { ELEMENT, DROP_PATH };
enum { BLOCK = 4096 };

static const char *const modes[] = {"element", "drop_path", NULL};

static const struct seg_setting settings[] = {
    {.key = "p", .kind = SEG_SET_FLOAT, .preset = 0.5, .min = 0, .max = 0.999},
    {.key = "mode", .kind = SEG_SET_WORD, .words = modes},
    SEG_SETTING_END,
};

/* to (+)= from keep / (1 - p), numbers first..end-1 */
static void
mask(float *to, const float *from, int add, size_t first, size_t end, double p,
    struct seg_rng rng)
{
    uint64_t limit = (uint64_t)(p * 0x1p32), bits = 0;
    float scale = (float)(1 / (1 - p));

    for (size_t i = first; i < end; i++) {
        bits = (i - first) % 2 ? bits >> 32 : seg_rng_bits(&rng);
        float y = (bits & 0xffffffffu) < limit ? 0 : from[i] * scale;
        to[i] = add ? to[i] + y : y;
    }
}

/* One draw for each image. */
static void
mask_images(const struct seg_step *s, const struct seg_run *r, float *to,
    const float *from, int add, struct seg_rng rng)
{
    size_t one = seg_value_count(s->out) / (size_t)s->out->n;
    float scale = (float)(1 / (1 - s->set[SET_P]));

    for (int n = 0; n < s->out->n; n++, to += one, from += one)
        seg_scale(to, from, seg_rng_unit(&rng) < s->set[SET_P] ? 0 : scale, add,
            one, r->threads);
}

static void
mask_all(const struct seg_step *s, const struct seg_run *r, float *to,
    const float *from, int add)
{
    struct seg_rng layer = seg_rng_make(r->seed, s->name, "dropout", r->step);
    if (s->set[SET_MODE] == DROP_PATH) {
        mask_images(s, r, to, from, add, layer);
        return;
    }
    uint64_t seed = seg_rng_bits(&layer);
    size_t count = seg_value_count(s->out);

#pragma omp parallel for num_threads(r->threads) schedule(static)
    for (size_t first = 0; first < count; first += BLOCK) {
        size_t end = first + BLOCK < count ? first + BLOCK : count;
        mask(to, from, add, first, end, s->set[SET_P],
            seg_rng_make(seed, NULL, "block", first / BLOCK));
    }
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    if (r->training)
        mask_all(s, r, s->out->x, s->in[0]->x, 0);
    else
        seg_copy(
            s->out->x, s->in[0]->x, 0, seg_value_count(s->out), r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    if (s->in[0]->dx)
        mask_all(s, r, s->in[0]->dx, s->out->dx, !s->overwrite[0]);
}

/* Prediction copies: folding it needs no work. */
static int
fold(const struct seg_step *s, struct seg_folded *f)
{
    (void)s;
    *f = (struct seg_folded){.act = SEG_ACT_NONE};
    return 0;
}

static const struct seg_op_fusion fusion = {.fold = fold};

const struct seg_op seg_op_dropout = {
    .name = "dropout",
    .formula = "y[m,c] = x[m,c] keep[m,c] / (1 - p)",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .declare = seg_declare_alike,
    .plan = seg_plan_alike,
    .receptive_field = seg_receptive_field_alike,
    .forward = forward,
    .backward = backward,
    .fusion = &fusion,
};
