/* Settings and functions that several operators use. */
#ifndef SEG_OP_COMMON_H
#define SEG_OP_COMMON_H

#include "lib/op/op.h"

/* act=none|relu, by number enum seg_act */
extern const char *const seg_act_words[];

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

/* receptive_field of operators whose output pixel reads one pixel, the same in
   all inputs */
int seg_receptive_field_alike(const struct seg_step *s, int axis,
    struct seg_receptive_field *r, struct seg_err *e) SEG_MUST_USE;

extern const struct seg_setting seg_no_settings[];

static inline size_t
seg_larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

#endif
