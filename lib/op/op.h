/*
 * The interface of an operator.
 *
 * A feature map is a matrix whose rows are pixels and whose columns are
 * channels (n,h,w,c).  An operator is one file in lib/op: a constant struct
 * seg_op with its settings and functions.  declare knows the channels only and
 * declares the parameters; plan knows all shapes and computes the memory
 * needed; both may fail.  forward and backward cannot fail.  No operator knows
 * another by name: fusion, for example of a convolution with the batch
 * normalization after it, uses the hooks at the end of struct seg_op.
 */
#ifndef SEG_OP_OP_H
#define SEG_OP_OP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/kernel/fused.h"

enum { SEG_INPUTS = 8, SEG_PARAMS = 4, SEG_SETTINGS = 12 };

/* The largest parameter and the largest number of channels. */
enum { SEG_PARAM_BYTES = 1 << 30, SEG_CHANNELS = 1 << 20 };

struct seg_step;

/*
 * The value of a node: a feature map and, in training, its gradient.
 *
 * The fields from joins on are NULL unless the planner fused this value with a
 * neighbor.
 *   concat: a virtual concatenation of that step's inputs; x and dx are NULL.
 *   read_x, read_dx: readers apply this transform while they read x or dx; the
 *     memory is that of the transform's input.
 *   moments: the writer of x also accumulates mean and variance.
 *   mask_dx: the last writer of dx masks it by the ReLU and accumulates two
 *     sums.  The engine sets it before that step runs, so it is NULL for every
 *     earlier writer.
 */
struct seg_value {
    int n, h, w, c;
    float *x;  /* n,h,w,c */
    float *dx; /* the same; NULL if not needed */
    const struct seg_step *concat;
    const struct seg_affine *read_x, *read_dx;
    const struct seg_channel_stats *stats_x;
    const struct seg_fused_relu *mask_dx;
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
    SEG_INIT_WEIGHT,    /* chosen by the user */
    SEG_INIT_TOKEN,     /* normal, 0.02 */
    SEG_INIT_PROJECTION /* normal, 1 / sqrt(fan_in) */
};

enum seg_setting_kind {
    SEG_SET_INT,
    SEG_SET_FLOAT,
    SEG_SET_WORD, /* one of words */
    SEG_SET_NODE  /* a node, used for its size only: like=image */
};

struct seg_setting {
    const char *key;
    enum seg_setting_kind kind;
    double normal, min, max; /* normal: the default */
    int required;
    const char *const *words; /* SEG_SET_WORD: the value is the index */
};

/* The settings of one pass. */
struct seg_run {
    int training; /* batch statistics; random operators active */
    int threads;
    void *scratch; /* shared by all steps, seg_step.scratch_bytes at least */
    uint64_t seed, step;
};

struct seg_op;

struct seg_step {
    const struct seg_op *op;
    const char *name;  /* of the node */
    int line;          /* of the text */
    const char *where; /* "NAME:CACHE_LINE_FLOATS: node", for messages */
    struct seg_value *in[SEG_INPUTS], *out;
    int nin;
    struct seg_value *like;   /* SEG_SET_NODE, or NULL */
    double set[SEG_SETTINGS]; /* by position in op->settings */
    struct seg_param *param[SEG_PARAMS];
    int nparam;
    void *state; /* op->state_bytes, zeroed, for the op's own plan */

    /* computed by plan; allocated by the engine before forward */
    int saves;            /* op->saves at first; plan may clear bits */
    int can;              /* SEG_CAN_ bits: fusions it supports */
    size_t scratch_bytes; /* only during one call */
    size_t saved_bytes;   /* from forward to backward of the same pass */
    size_t kept_bytes;    /* as long as the plan: packed weights */
    void *saved, *kept;

    /* set by the engine */
    int training;          /* backward of this step will run */
    int frozen;            /* none of its parameters is trained */
    int wants[SEG_INPUTS]; /* in[i] will have a gradient; set before plan */
    int threads, exact;
    int keep_methods;          /* plan uses the methods of the plan before it */
    int overwrite[SEG_INPUTS]; /* in[i]->dx is empty: overwrite, do not add */
    int weights_changed;       /* since the last forward: pack again */
};

/* values that backward reads; the engine keeps only these */
enum {
    SEG_SAVES_OUT = 1,
    SEG_SAVES_IN = 2 /* the first input */
};

enum {
    SEG_CAN_FUSE_INPUT = 1,    /* applies a transform while reading inputs */
    SEG_CAN_FUSE_GRADIENT = 2, /* likewise while reading out->dx */
    SEG_CAN_FUSE_STATS = 4,    /* accumulates channel statistics of out */
    SEG_CAN_FUSE_RELU = 8,     /* applies the ReLU backward to in[0]->dx */
    SEG_CAN_FUSE_CONCAT = 16   /* reads a virtual concatenation as in[0] */
};

/*
 * Receptive field along one axis: outputs [a,b), a and b multiples of grain,
 * depend on the inputs from a down/up - before to b down/up + after.
 */
struct seg_receptive_field {
    int down, up, before, after, grain;
};

/* Neighbors of a step; NULL: there is no such step. */
struct seg_neighbors {
    const struct seg_step *maker;          /* of the first input */
    int alone;                             /* the step is its only reader */
    const struct seg_step *reader;         /* the only reader of out */
    const struct seg_step *last_dx_writer; /* the last writer of out->dx */
};

struct seg_op {
    const char *name;
    const char *formula; /* index form, one line, printed by seg-net(1) */
    int min_in, max_in;
    const struct seg_setting *settings; /* ends with key NULL */
    size_t state_bytes;
    int saves;
    int aliases_dx;        /* backward allows in[0]->dx == out->dx */
    int aliases_second_dx; /* backward leaves in[1]->dx in out->dx; may alias */

    /* Sets the channels of out; declares parameters by seg_step_param. */
    int (*declare)(struct seg_step *s, struct seg_arena *a, struct seg_err *e);
    /* Sets n,h,w of out, saved_bytes, kept_bytes and, if there is no room
       function, scratch_bytes. */
    int (*plan)(struct seg_step *s, struct seg_err *e);
    /* Sets scratch_bytes after fusion is decided; optional. */
    void (*workspace)(struct seg_step *s);
    void (*forward)(struct seg_step *s, const struct seg_run *r);
    /*
     * Adds to the gradients of inputs and parameters and never clears them; if
     * fresh[i] is set, it overwrites in[i]->dx.  in[i]->dx and param[i]->dw are
     * NULL if not needed.  out->dx is not read afterwards and may be changed.
     */
    void (*backward)(struct seg_step *s, const struct seg_run *r);

    /* Recomputes out during backward, with the same bits as forward, so that
       its memory can be reused in between.  Only for cheap operators;
       optional. */
    void (*recompute)(struct seg_step *s, const struct seg_run *r);

    /* Makes out a virtual concatenation, by setting out->concat, if reader, the
       only reader of out, supports it; optional.  Called before the hooks
       below. */
    void (*elide)(struct seg_step *s, const struct seg_step *reader);

    /*
     * Receptive field along axis 0 (y) or 1 (x), exact to the bit, after a plan
     * for the whole image; used to predict by windows.  NULL if every output
     * depends on every pixel.
     */
    int (*receptive_field)(const struct seg_step *s, int axis,
        struct seg_receptive_field *r, struct seg_err *e);

    /*
     * For training only: requests fusion with the neighbors, as far as their
     * SEG_CAN_ bits allow, by setting read_x, read_dx, moments and gate of the
     * first input and out.  The planner then shares memory: if out has an
     * read_x, its x is that of the first input; if the first input has a
     * read_dx, its dx is that of out.
     */
    void (*fuse)(struct seg_step *s, const struct seg_neighbors *by);

    /*
     * For prediction only.  fold offers the step to maker, the step that
     * computes its first input: the step computes y = act(scale x + shift +
     * residual) per channel and passes these arrays to maker's take (any may be
     * NULL).  If take returns 0, this step is fused away: maker writes its
     * output and runs in its place.  The engine then
     * calls update instead of forward of this step, before maker's forward;
     * update fills the arrays and may be NULL.
     */
    int (*fold)(struct seg_step *s, struct seg_step *maker);
    void (*update)(struct seg_step *s);
    int (*absorb)(struct seg_step *s, const float *scale, const float *shift,
        struct seg_value *residual, enum seg_act act);
};

/* Declares a parameter NODE.suffix, or NODE if suffix is NULL; -1 with e if it
   is too large or memory is short. */
int seg_step_param(struct seg_step *s, struct seg_arena *a, const char *suffix,
    enum seg_init init, int rank, const size_t *shape,
    struct seg_err *e) SEG_MUST_USE;

/* The value of a setting; -1 if the operator has none with this key. */
double seg_step_setting(const struct seg_step *s, const char *key);

/* Fills e with "NAME:CACHE_LINE_FLOATS: node: ..." and returns -1. */
int seg_step_fail(const struct seg_step *s, struct seg_err *e, const char *fmt,
    ...) SEG_PRINTF(3, 4);

/* -1 with e unless all inputs have the first one's n, h, w. */
int seg_step_same_size(
    const struct seg_step *s, struct seg_err *e) SEG_MUST_USE;

size_t seg_value_rows(const struct seg_value *v);  /* n*h*w */
size_t seg_value_count(const struct seg_value *v); /* n*h*w*c */

/* All operators, then NULL (lib/op/table.c). */
extern const struct seg_op *const seg_ops[];

#endif
