/*
 * The interface of an operator.
 *
 * A feature map is a matrix whose rows are pixels and whose columns are
 * channels (n,h,w,c).  An operator is one file in lib/op: a constant struct
 * seg_op with its settings and functions.  declare knows only the channels and
 * declares the parameters; plan knows all shapes and computes the memory
 * needed; both may fail.  forward and backward cannot fail.  An operator knows
 * no other operator by name.
 */
#ifndef SEG_OP_OP_H
#define SEG_OP_OP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

enum { SEG_INPUTS = 8, SEG_PARAMS = 4, SEG_SETTINGS = 12 };

/* The largest parameter and the largest number of channels. */
enum { SEG_PARAM_BYTES = 1 << 30, SEG_CHANNELS = 1 << 20 };

struct seg_step;

/* The value of a node: a feature map and, in training, its gradient. */
struct seg_value {
    int n, h, w, c;
    float *x;                        /* n,h,w,c */
    float *dx;                       /* the same; NULL: not needed */
    const struct seg_fusion *fusion; /* NULL: plain buffers */
};

/* A parameter or a running statistic, with PyTorch's name, order and shape. */
struct seg_param {
    const char *name; /* NODE.weight */
    int rank;
    size_t shape[4];
    size_t count;
    float *w;
    float *dw;       /* NULL: not trained (a buffer, or frozen) */
    int buffer;      /* running statistics: saved, never trained */
    int decays;      /* weight decay applies: to weights, not to bias or norm */
    double lr_scale; /* multiplier of the learning rate, 1 */
    int init;        /* enum seg_init: how seg-init fills it */
    double std;      /* of SEG_INIT_WEIGHT: normal with this deviation; 0: no */
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
    double preset, min, max; /* preset: the default */
    int required;
    const char *const *words; /* SEG_SET_WORD: the value is the index */
};

/* The settings of one pass. */
struct seg_run {
    int training; /* batch statistics; random operators active */
    int threads;
    void *scratch; /* shared by all steps, seg_step.scratch_bytes at least */
    uint64_t seed, step;
    double momentum; /* of running statistics; 0: the setting of the step */
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
    void *state; /* op->state_bytes, zeroed, for the operator's own plan */

    /* computed by plan; allocated by the engine before forward */
    int saves;            /* op->saves at first; plan may clear bits */
    size_t scratch_bytes; /* only during one call */
    size_t saved_bytes;   /* from forward to backward of the same pass */
    size_t kept_bytes;    /* as long as the plan: packed weights */
    void *saved, *kept;

    /* set by the engine before plan */
    int training;          /* backward of this step will run */
    int frozen;            /* none of its parameters is trained */
    int batch_statistics;  /* normalize by those of the batch */
    int wants[SEG_INPUTS]; /* in[i] will have a gradient */
    int threads;
    int exact;        /* no algorithm that rounds differently */
    int keep_methods; /* plan uses the algorithms of the plan before it */

    /* set by the engine before a pass */
    int overwrite[SEG_INPUTS]; /* backward sets in[i]->dx; 0: it adds to it */
    int weights_changed;       /* since the last forward: pack again */
};

/* Saved tensors: values that backward reads.  The engine reuses the memory of
   all others. */
enum {
    SEG_SAVES_OUT = 1,
    SEG_SAVES_IN = 2 /* the first input */
};

/*
 * Receptive field along one axis.  Outputs [a,b), with a and b multiples of
 * block, depend on the inputs from a stride/scale - before to
 * b stride/scale + after.  For example, a 3x3 convolution of stride 2 and
 * padding 1 has stride 2, scale 1, before 1, after 0.
 */
struct seg_receptive_field {
    int stride, scale, before, after, block;
};

struct seg_op {
    const char *name;
    const char *formula; /* index form, one line, printed by seg-net(1) */
    int min_in, max_in;
    const struct seg_setting *settings; /* ends with key NULL */
    size_t state_bytes;
    int saves; /* SEG_SAVES_ bits */
    int norm;  /* normalizes; its parameters scale and shift channels */

    /* Sets the channels of out; declares parameters by seg_step_param. */
    int (*declare)(struct seg_step *s, struct seg_arena *a, struct seg_err *e);
    /* Sets n,h,w of out, scratch_bytes, saved_bytes and kept_bytes. */
    int (*plan)(struct seg_step *s, struct seg_err *e);
    void (*forward)(struct seg_step *s, const struct seg_run *r);
    /*
     * Overwrites in[i]->dx if overwrite[i] is set, else adds to it; always adds
     * to param[i]->dw.  in[i]->dx and param[i]->dw are NULL if not needed.
     * out->dx is not read afterwards and may be changed.
     */
    void (*backward)(struct seg_step *s, const struct seg_run *r);

    /* Computes out again during backward, with the same bits as forward, so
       that its memory can be reused in between.  Only for cheap operators;
       optional. */
    void (*recompute)(struct seg_step *s, const struct seg_run *r);

    /*
     * Receptive field along axis 0 (y) or 1 (x), exact to the bit, after a plan
     * for the whole image; used to predict by windows.  NULL if every output
     * depends on every pixel.
     */
    int (*receptive_field)(const struct seg_step *s, int axis,
        struct seg_receptive_field *r, struct seg_err *e);

    const struct seg_op_fusion *fusion; /* NULL: takes part in none */
};

/* Declares a parameter NODE.suffix, or NODE if suffix is NULL; -1 with e if it
   is too large or memory is short. */
int seg_step_param(struct seg_step *s, struct seg_arena *a, const char *suffix,
    enum seg_init init, int rank, const size_t *shape,
    struct seg_err *e) SEG_MUST_USE;

/* The value of a setting; -1 if the operator has none with this key. */
double seg_step_setting(const struct seg_step *s, const char *key);

/* Fills e with "NAME:LINE: node: ..." and returns -1. */
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
