/*
 * Packed weights of an operator that convolves: for the way ahead, which makes
 * its output, and for the way back.  Weights that change with every step are
 * packed in scratch as a pass begins, which takes no memory for long and leaves
 * them in the caches; others are kept.
 */
#ifndef SEG_OP_PACKED_H
#define SEG_OP_PACKED_H

#include "lib/kernel/conv/conv.h"
#include "lib/op/op.h"

enum seg_direction { SEG_FORWARD, SEG_BACKWARD };

struct seg_packed {
    enum seg_conv_pass pass[2];
    size_t bytes[2]; /* 0: this way is not gone */
    int fleeting;    /* in scratch */
    int stale[2];
};

/* pass: of the way ahead.  Adds to s->kept_bytes. */
void seg_packed_plan(struct seg_packed *p, struct seg_step *s,
    const struct seg_conv *cv, enum seg_conv_pass pass);

/* Bytes of scratch that both ways want, weights and all. */
size_t seg_packed_scratch(
    const struct seg_packed *p, const struct seg_conv *cv);

/* The weights have changed. */
void seg_packed_invalidate(struct seg_packed *p);

/* Up to date; scratch moves on behind what is taken of it.  kept: the step's
   own, where seg_packed_plan added to it. */
const float *seg_packed_get(struct seg_packed *p, enum seg_direction way,
    const float *w, const float *scale, const struct seg_conv *cv, void *kept,
    void **scratch);

#endif
