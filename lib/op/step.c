/* Helpers for all operators: messages, parameters, sizes. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/op/op.h"

double
seg_step_setting(const struct seg_step *s, const char *key)
{
    for (int i = 0; s->op->settings[i].key; i++)
        if (!strcmp(s->op->settings[i].key, key))
            return s->set[i];
    return -1;
}

int
seg_step_fail(const struct seg_step *s, struct seg_err *e, const char *fmt, ...)
{
    char text[sizeof e->text];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return seg_fail(e, SEG_EDATA, "%s: %s", s->where, text);
}

/*
 * fan_in is the number of inputs of one output, fan_out that of outputs of one
 * input, both within a group.  The shape is assumed to be PyTorch's
 * [out,in/groups,kh,kw]; operators with another order correct the two.
 */
int
seg_step_param(struct seg_step *s, struct seg_arena *a, const char *suffix,
    enum seg_init init, int rank, const size_t *shape, struct seg_err *e)
{
    struct seg_param *p = seg_take(a, 1, sizeof *p, e);
    size_t bytes = sizeof(float), side = 1;

    if (!p)
        return -1;
    p->name = suffix ? seg_take_text(a, e, "%s.%s", s->name, suffix) : s->name;
    if (!p->name)
        return -1;
    p->rank = rank;
    for (int i = 0; i < rank; i++) {
        p->shape[i] = shape[i];
        if (seg_mul(&bytes, bytes, shape[i]) || bytes > SEG_PARAM_BYTES)
            return seg_step_fail(s, e, "%s is larger than %zu bytes",
                suffix ? suffix : "it", (size_t)SEG_PARAM_BYTES);
        if (i > 1)
            side *= shape[i];
    }
    p->count = bytes / sizeof(float);
    p->lr_scale = 1;
    p->init = init;
    p->decays = init == SEG_INIT_WEIGHT || init == SEG_INIT_PROJECTION;
    p->fan_out = shape[0] * side;
    p->fan_in = rank > 1 ? shape[1] * side : shape[0];
    s->param[s->nparam++] = p;
    return 0;
}

int
seg_step_same_size(const struct seg_step *s, struct seg_err *e)
{
    const struct seg_value *a = s->in[0];

    for (int i = 1; i < s->nin; i++) {
        const struct seg_value *b = s->in[i];
        if (b->n != a->n || b->h != a->h || b->w != a->w)
            return seg_step_fail(s, e,
                "input %d is %d x %d x %d, the first input %d x %d x %d", i + 1,
                b->n, b->h, b->w, a->n, a->h, a->w);
    }
    return 0;
}

size_t
seg_value_rows(const struct seg_value *v)
{
    return (size_t)v->n * (size_t)v->h * (size_t)v->w;
}

size_t
seg_value_count(const struct seg_value *v)
{
    return seg_value_rows(v) * (size_t)v->c;
}
