/*
 * What an operator is to the tape.
 *
 * A feature map is a matrix whose rows are pixels and whose columns are
 * channels (n,h,w,c).  An operator is one file in lib/op: a constant struct
 * seg_op with its settings and its functions.  declare works on channels alone
 * and says which parameters there are; plan works on whole shapes and says how
 * much memory is wanted; these two may fail.  forward and backward may not.
 * No operator knows another by name; what two can do together (a convolution
 * that takes in the batch norm behind it) goes through the hooks at the end.
 */
#ifndef SEG_OP_OP_H
#define SEG_OP_OP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/kernel/lens.h"

enum { SEG_INPUTS = 8, SEG_PARAMS = 4, SEG_SETTINGS = 12 };

/* The largest parameter and the largest number of channels. */
enum { SEG_PARAM_BYTES = 1 << 30, SEG_CHANNELS = 1 << 20 };

struct seg_step;

/*
 * The value of a node: a feature map and, in training, its gradient.
 *
 * Steps may have agreed (join and defer, below) on some of the rest, which is
 * NULL otherwise: that x and dx, then NULL, are those of a step's inputs side
 * by side; that x or dx are to be read through a lens, the memory being that of
 * the map it is held over; that who writes x leaves its moments; that the
 * closer, who is the last to write dx, does so through a gate.
 */
struct seg_value {
    int n, h, w, c;
    float *x;  /* n,h,w,c */
    float *dx; /* the same; NULL where nobody wants it */
    const struct seg_step *joins;
    const struct seg_lens *x_lens, *dx_lens;
    const struct seg_moments *moments;
    const struct seg_gate *gate;
    const struct seg_step *closer;
};

/* A parameter or a running statistic, in PyTorch's name, order and shape. */
struct seg_param {
    const char *name; /* NODE.weight */
    int rank;
    size_t shape[4];
    size_t count;
    float *w;
    float *dw;       /* NULL: not trained (a buffer, or frozen) */
    int buffer;      /* running statistics: saved, never trained */
    int decays;      /* weight decay applies (weights: yes; bias, norm: no) */
    double lr_scale; /* multiplier of the learning rate, 1 */
    int init;        /* enum seg_init: how seg-init fills it */
    size_t fan_in, fan_out;
};

enum seg_init {
    SEG_INIT_ZERO,
    SEG_INIT_ONE,
    SEG_INIT_WEIGHT,    /* as the user says */
    SEG_INIT_TOKEN,     /* normal, 0.02 */
    SEG_INIT_PROJECTION /* normal, 1 / sqrt(fan_in) */
};

enum seg_setting_kind {
    SEG_SET_INT,
    SEG_SET_FLOAT,
    SEG_SET_WORD, /* one of words */
    SEG_SET_NODE  /* a node of which only the size is used: like=image */
};

struct seg_setting {
    const char *key;
    enum seg_setting_kind kind;
    double normal, min, max; /* normal: value where the text has none */
    int required;
    const char *const *words; /* SEG_SET_WORD: the value is the index */
};

/* How a pass runs. */
struct seg_run {
    int training; /* batch statistics, random operators at work */
    int threads;
    void *scratch; /* shared by all steps, seg_step.scratch_bytes at least */
    uint64_t seed, step;
};

struct seg_op;

struct seg_step {
    const struct seg_op *op;
    const char *name;  /* of the node */
    int line;          /* of the text */
    const char *where; /* "NAME:LINE: node", for messages */
    struct seg_value *in[SEG_INPUTS], *out;
    int nin;
    struct seg_value *like;   /* SEG_SET_NODE, or NULL */
    double set[SEG_SETTINGS]; /* by position in op->settings */
    struct seg_param *param[SEG_PARAMS];
    int nparam;
    void *state; /* op->state_bytes, zeroed, for the op's own plan */

    /* wanted by plan; given by the engine before forward */
    int keeps;            /* set to op->keeps before; plan may take bits off */
    int can;              /* SEG_CAN_ bits: what it will do where asked to */
    size_t scratch_bytes; /* only during one call */
    size_t saved_bytes;   /* from forward to backward of the same pass */
    size_t kept_bytes;    /* as long as the plan: packed weights */
    void *saved, *kept;

    /* set by the engine */
    int training;          /* there will be a backward of this step */
    int frozen;            /* none of its parameters is trained */
    int wants[SEG_INPUTS]; /* in[i] will have a gradient; known to plan */
    int threads, exact;
    int keep_methods;      /* plan uses the methods of the plan before it */
    int fresh[SEG_INPUTS]; /* in[i]->dx holds nothing yet: write, do not add */
    int weights_changed;   /* since the last forward: pack again */
    int absent; /* folded: forward only brings up to date what fold lent */
};

/* which values backward reads; the engine keeps only those */
enum {
    SEG_KEEPS_OUT = 1,
    SEG_KEEPS_IN = 2 /* the first input */
};

enum {
    SEG_CAN_LOOK = 1,          /* reads its inputs through lenses, */
    SEG_CAN_LOOK_BACK = 2,     /* out->dx likewise; */
    SEG_CAN_LEAVE_MOMENTS = 4, /* leaves moments of out, */
    SEG_CAN_PASS_GATE = 8,     /* passes the first input's dx through a gate, */
    SEG_CAN_JOIN = 16          /* reads a first input that is others' inputs */
};

/*
 * What outputs rest on along one axis: [a,b), in whole blocks of grain, on the
 * inputs from a down/up - before to b down/up + after.
 */
struct seg_receptive_field {
    int down, up, before, after, grain;
};

/* Of a step; NULL: there is no such step. */
struct seg_neighbors {
    const struct seg_step *maker;  /* of the first input */
    int alone;                     /* nobody else reads that */
    const struct seg_step *reader; /* alone reads out */
    const struct seg_step *closer; /* is the last to write out->dx */
};

struct seg_op {
    const char *name;
    const char *formula; /* index form, one line: what seg-net(1) prints */
    int min_in, max_in;
    const struct seg_setting *settings; /* ends with key NULL */
    size_t state_bytes;
    int keeps;
    int in_place; /* backward works where dx of the first input is out->dx */
    int through;  /* and leaves that of the second there, which may be it */

    /* Channels of out from channels of in; parameters by seg_step_param. */
    int (*declare)(struct seg_step *s, struct seg_arena *a, struct seg_err *e);
    /* n,h,w of out from in; sizes of saved, kept and, without room, scratch. */
    int (*plan)(struct seg_step *s, struct seg_err *e);
    /* Size of scratch, when all is agreed; may be absent. */
    void (*room)(struct seg_step *s);
    void (*forward)(struct seg_step *s, const struct seg_run *r);
    /*
     * Adds to the gradients of inputs and parameters, never clears them; where
     * fresh[i] is set it writes instead.  in[i]->dx and param[i]->dw may be
     * NULL: nobody wants that one.  out->dx has no reader after this and may be
     * changed.
     */
    void (*backward)(struct seg_step *s, const struct seg_run *r);

    /* Writes out once more, in the middle of backward, as forward has done: an
       output may be given up in between.  Cheap, or absent. */
    void (*remake)(struct seg_step *s, const struct seg_run *r);

    /* Asks reader, which alone reads out, to read the inputs themselves, by
       setting out->joins; may be absent.  Comes before all that follows. */
    void (*join)(struct seg_step *s, const struct seg_step *reader);

    /*
     * For windows of a larger image, after plan for the whole of it: along
     * axis 0 (y) or 1 (x), what decides the bits of an output.  Absent where
     * that is every pixel of the image.
     */
    int (*reach)(const struct seg_step *s, int axis,
        struct seg_receptive_field *r, struct seg_err *e);

    /*
     * For training only: asks its neighbors for what they can, by setting
     * lenses, moments and gates of the first input and out.  Where out has a
     * lens its x is the first input's, and where the first input's dx has one
     * that is out's; the planner sees to it.
     */
    void (*defer)(struct seg_step *s, const struct seg_neighbors *by);

    /*
     * For prediction only.  A step whose op has fold offers itself to the step
     * that makes its first input: it computes y = act(scale x + shift +
     * residual) per channel and lends these to that step's take (any may be
     * NULL).  If take agrees (0), the later step is absent, its output is the
     * earlier one's, and the earlier one runs in its place.  Called by the
     * planner; the numbers need to be there only after forward of the absent
     * step, which comes first.
     */
    int (*fold)(struct seg_step *s, struct seg_step *maker);
    int (*take)(struct seg_step *s, const float *scale, const float *shift,
        struct seg_value *residual, enum seg_act act);
};

/* Declares a parameter NODE.suffix, or NODE where suffix is NULL; -1 if there
   is no memory. */
int seg_step_param(struct seg_step *s, struct seg_arena *a, const char *suffix,
    enum seg_init init, int rank, const size_t *shape,
    struct seg_err *e) SEG_MUST_USE;

/* The value of a setting, as it stands in the table; -1 if the operator has
   none of that name. */
double seg_step_setting(const struct seg_step *s, const char *key);

/* Fills e with "NAME:LINE: node: ..." and returns -1. */
int seg_step_fail(const struct seg_step *s, struct seg_err *e, const char *fmt,
    ...) SEG_PRINTF(3, 4);

/* -1 unless all inputs are of the first one's n, h, w. */
int seg_step_same_size(
    const struct seg_step *s, struct seg_err *e) SEG_MUST_USE;

size_t seg_value_rows(const struct seg_value *v);  /* n*h*w */
size_t seg_value_count(const struct seg_value *v); /* n*h*w*c */

/* All operators, NULL behind the last (lib/op/table.c). */
extern const struct seg_op *const seg_ops[];

#endif
