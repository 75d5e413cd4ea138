/* Functions and settings that several operators use. */
#include "lib/op/common.h"

#include "lib/kernel/activation.h"
#include "lib/kernel/elementwise.h"

const char *const seg_act_words[] = {
    "none", "relu", "relu6", "leaky_relu", NULL};
const char *const seg_act_words_of_bn[] = {"none", "relu", "relu6", NULL};

const struct seg_setting seg_no_settings[] = {SEG_SETTING_END};

int
seg_act_both(enum seg_act first, enum seg_act second)
{
    if (first == SEG_ACT_NONE || second == SEG_ACT_NONE)
        return first + second;
    if (first == SEG_ACT_LEAKY_RELU)
        return second == SEG_ACT_LEAKY_RELU ? -1 : (int)second;
    if (second == SEG_ACT_LEAKY_RELU)
        return (int)first;
    return first > second ? first : second;
}

void
seg_act_forward(enum seg_act act, float *y, size_t n, int threads)
{
    if (act == SEG_ACT_RELU)
        seg_relu_forward(y, y, n, threads);
    else if (act == SEG_ACT_RELU6)
        seg_relu6_forward(y, y, n, threads);
    else if (act == SEG_ACT_LEAKY_RELU)
        seg_leaky_relu_forward(y, y, SEG_LEAKY_SLOPE, n, threads);
}

void
seg_act_backward(
    enum seg_act act, float *dy, const float *y, size_t n, int threads)
{
    if (act == SEG_ACT_RELU)
        seg_relu_backward(dy, dy, y, 0, n, threads);
    else if (act == SEG_ACT_RELU6) /* the slope at x is that at y */
        seg_relu6_backward(dy, dy, y, 0, n, threads);
    else if (act == SEG_ACT_LEAKY_RELU)
        seg_leaky_relu_backward(dy, dy, y, SEG_LEAKY_SLOPE, 0, n, threads);
}

int
seg_declare_alike(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    (void)a;
    (void)e;
    s->out->c = s->in[0]->c;
    return 0;
}

int
seg_check_channels(struct seg_step *s, struct seg_err *e)
{
    if (s->in[1]->c == s->in[0]->c)
        return 0;
    return seg_step_fail(s, e, "input 2 has %d channels, the first input %d",
        s->in[1]->c, s->in[0]->c);
}

int
seg_plan_alike(struct seg_step *s, struct seg_err *e)
{
    s->out->n = s->in[0]->n;
    s->out->h = s->in[0]->h;
    s->out->w = s->in[0]->w;
    return seg_step_same_size(s, e);
}

int
seg_receptive_field_alike(const struct seg_step *s, int axis,
    struct seg_receptive_field *r, struct seg_err *e)
{
    (void)s;
    (void)axis;
    (void)e;
    *r = (struct seg_receptive_field){.stride = 1, .scale = 1, .block = 1};
    return 0;
}
