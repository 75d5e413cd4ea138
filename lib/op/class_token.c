/*
 * Learned tokens, the same for every image, before or after the tokens of the
 * image; the result is a row of tokens, n,1,t,c.
 *
 *   y[n,i,c] = w[0,i,c] for i < count,  y[n,count+i,c] = x[n,i,c]
 *
 * The parameter has the name of the node, like a torch Parameter.
 */
#include <string.h>

#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"

enum { SET_COUNT, SET_AT };
enum { FRONT, END };

static const char *const places[] = {"front", "end", NULL};

static const struct seg_setting settings[] = {
    {.key = "count",
        .kind = SEG_SET_INT,
        .preset = 1,
        .min = 1,
        .max = SEG_CHANNELS},
    {.key = "at", .kind = SEG_SET_WORD, .words = places},
    SEG_SETTING_END,
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    size_t shape[] = {1, (size_t)s->set[SET_COUNT], (size_t)s->in[0]->c};

    s->out->c = s->in[0]->c;
    return seg_step_param(s, a, NULL, SEG_INIT_TOKEN, 3, shape, e);
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    size_t count = (size_t)s->set[SET_COUNT];
    const struct seg_value *x = s->in[0];

    (void)e;
    s->scratch_bytes = s->training ? s->param[0]->count * sizeof(float) : 0;
    s->out->n = x->n;
    s->out->h = 1;
    s->out->w = x->h * x->w + (int)count;
    return 0;
}

/* Offsets of the tokens of the image and of the learned tokens. */
static void
find(const struct seg_step *s, size_t *own, size_t *learned)
{
    size_t c = (size_t)s->out->c, count = (size_t)s->set[SET_COUNT];
    int end = s->set[SET_AT] == END;

    *own = end ? 0 : count * c;
    *learned = end ? ((size_t)s->out->w - count) * c : 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    const struct seg_param *w = s->param[0];
    size_t own, learned, wide = (size_t)s->out->w * (size_t)s->out->c;

    find(s, &own, &learned);
    for (int n = 0; n < s->out->n; n++) {
        float *y = s->out->x + n * wide;
        seg_copy(y + own, s->in[0]->x + n * (wide - w->count), 0,
            wide - w->count, r->threads);
        memcpy(y + learned, w->w, w->count * sizeof *y);
    }
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    const struct seg_param *w = s->param[0];
    size_t own, learned, wide = (size_t)s->out->w * (size_t)s->out->c;
    float *sum = r->scratch;

    find(s, &own, &learned);
    for (int n = 0; n < s->out->n; n++) {
        const float *dy = s->out->dx + n * wide;
        if (s->in[0]->dx)
            seg_copy(s->in[0]->dx + n * (wide - w->count), dy + own,
                !s->overwrite[0], wide - w->count, r->threads);
        seg_copy(sum, dy + learned, n > 0, w->count, 1);
    }
    if (w->dw)
        seg_copy(w->dw, sum, 1, w->count, 1);
}

const struct seg_op seg_op_class_token = {
    .name = "class_token",
    .formula = "y[n,i,c] = w[0,i,c], i < count; y[n,count+i,c] = x[n,i,c]",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .declare = declare,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
