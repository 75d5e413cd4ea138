/* Settings and functions that several operators use. */
#ifndef SEG_OP_COMMON_H
#define SEG_OP_COMMON_H

#include "lib/kernel/fused.h"
#include "lib/op/op.h"

/* act=none|relu|relu6|leaky_relu, by number enum seg_act */
extern const char *const seg_act_words[];
/* The same without leaky_relu. */
extern const char *const seg_act_words_of_bn[];

#define SEG_SETTING_ACT                                                        \
    {                                                                          \
        .key = "act", .kind = SEG_SET_WORD, .words = seg_act_words             \
    }

#define SEG_SETTING_END                                                        \
    {                                                                          \
        .key = NULL                                                            \
    }

/* declare and plan of operators whose output has the first input's shape */
int seg_declare_alike(
    struct seg_step *s, struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;
int seg_plan_alike(struct seg_step *s, struct seg_err *e) SEG_MUST_USE;

/* Fails unless the two inputs have the same number of channels. */
int seg_check_channels(struct seg_step *s, struct seg_err *e) SEG_MUST_USE;

/* receptive_field of operators whose output pixel reads one pixel, the same in
   all inputs */
int seg_receptive_field_alike(const struct seg_step *s, int axis,
    struct seg_receptive_field *r, struct seg_err *e) SEG_MUST_USE;

extern const struct seg_setting seg_no_settings[];

/* The activation that equals second(first(x)); -1: none does. */
int seg_act_both(enum seg_act first, enum seg_act second);

/* y = act(y), n numbers */
void seg_act_forward(enum seg_act act, float *y, size_t n, int threads);
/* dy = dy act'(x), from y = act(x) */
void seg_act_backward(
    enum seg_act act, float *dy, const float *y, size_t n, int threads);

static inline size_t
seg_larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

#endif
