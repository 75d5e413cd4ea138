/* The images; the caller writes them, normalized, before each forward. */
#include "lib/op/op.h"

enum { SET_C };

static const struct seg_setting settings[] = {
    {.key = "c", .kind = SEG_SET_INT, .min = 1, .max = 65536, .required = 1},
    {.key = NULL},
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    (void)a;
    (void)e;
    s->out->c = (int)s->set[SET_C];
    return 0;
}

const struct seg_op seg_op_input = {
    .name = "input",
    .formula = "y[n,i,j,c] = (pixel - mean[c]) / std[c]",
    .settings = settings,
    .declare = declare,
};
