/*
 * Fusion: steps that save passes over memory by doing work for their neighbors.
 *
 * Only conv, tconv, bn, instance_norm, group_norm, concat, add, relu,
 * leaky_relu, dropout and lib/net read this header; every other operator works
 * on plain buffers and needs none of it.
 * lib/net/fuse.c decides which steps are fused and draws an example.
 */
#ifndef SEG_OP_FUSION_H
#define SEG_OP_FUSION_H

#include "lib/kernel/fused.h"
#include "lib/op/op.h"

/*
 * The fusions of one value.  Each member is NULL if its fusion does not apply.
 * Training uses all of them, prediction only concat.
 */
struct seg_fusion {
    /* Readers of x apply this while reading; x is the memory of its input. */
    const struct seg_affine *read_x;
    /* The reader of dx (the backward of the producer) applies this while
       reading; dx is the memory of its input. */
    const struct seg_affine *read_dx;
    /* The writer of x also computes the mean and variance of each channel. */
    const struct seg_channel_stats *stats_x;
    /* The last writer of dx masks it by the ReLU and computes two sums.  The
       engine sets this before that step's backward, so that it is NULL for
       every earlier writer, and leaves it set for the producer's backward. */
    const struct seg_fused_relu *mask_dx;
    /* A virtual concatenation: x and dx are NULL, and the reader uses the
       inputs of this step instead. */
    const struct seg_step *concat;
};

/* All members NULL if v has no fusion. */
static inline struct seg_fusion
seg_fusion_of(const struct seg_value *v)
{
    return v->fusion ? *v->fusion : (struct seg_fusion){0};
}

/* Fusions that a step supports for its neighbors. */
enum {
    SEG_CAN_FUSE_INPUT = 1,    /* applies read_x of its inputs */
    SEG_CAN_FUSE_GRADIENT = 2, /* applies read_dx of out */
    SEG_CAN_FUSE_STATS = 4,    /* computes stats_x of out */
    SEG_CAN_FUSE_RELU = 8,     /* applies mask_dx of in[0] */
    SEG_CAN_FUSE_CONCAT = 16   /* reads a virtual concatenation as in[0] */
};

/* The neighbors of a step; a step that does not exist is NULL. */
struct seg_neighbors {
    const struct seg_step *producer; /* of in[0] */
    int alone;                       /* the step is the only reader of in[0] */
    const struct seg_step *reader;   /* the only reader of out */
    const struct seg_step *last_dx_writer; /* of out->dx */
    struct seg_fusion *in, *out;           /* of in[0] and out, to be set */
};

/* A step that is folded into its producer for prediction:
   y = act(scale x + shift + residual), for each channel; NULL: not applied. */
struct seg_folded {
    const float *scale, *shift; /* c */
    struct seg_value *residual;
    enum seg_act act;
};

/* The fusions of an operator.  Every function is optional. */
struct seg_op_fusion {
    int aliases_dx;        /* backward allows in[0]->dx == out->dx */
    int aliases_second_dx; /* backward leaves in[1]->dx in out->dx, so that the
                              two may be one buffer */

    /* Returns the SEG_CAN_ bits; called after plan. */
    int (*can)(const struct seg_step *s);

    /* True if reader, the only reader of out, can use the inputs of s instead
       of out.  Called before the functions below. */
    int (*elide)(const struct seg_step *s, const struct seg_step *reader);

    /*
     * Training: sets stats_x and read_dx of by->in, read_x and mask_dx of
     * by->out, as far as the neighbors support them.  The planner then shares
     * memory: with read_x, out->x is in[0]->x; with read_dx, in[0]->dx is
     * out->dx.
     */
    void (*fuse)(struct seg_step *s, const struct seg_neighbors *by);

    /* Sets scratch_bytes after fusion is decided, instead of plan. */
    void (*workspace)(struct seg_step *s);

    /*
     * Prediction: fold describes the step, and absorb makes it a part of s, the
     * step that computes its first input; both return -1 if that is not
     * possible.  The folded step then does not run; s computes its output.
     * Before the forward of s the engine calls update of the folded step, which
     * fills the arrays scale and shift.
     */
    int (*fold)(const struct seg_step *s, struct seg_folded *f);
    int (*absorb)(struct seg_step *s, const struct seg_folded *f);
    void (*update)(struct seg_step *s);
};

/* True if s exists and supports the fusion, a SEG_CAN_ bit. */
static inline int
seg_step_can(const struct seg_step *s, int fusion)
{
    return s && s->op->fusion && s->op->fusion->can &&
           s->op->fusion->can(s) & fusion;
}

#endif
