/*
 * Packed convolution weights for forward and backward-data.  Weights that
 * change every training step are packed into scratch at the start of each pass,
 * which is still in the cache when they are read; constant weights are kept.
 */
#ifndef SEG_OP_PACKED_H
#define SEG_OP_PACKED_H

#include "lib/kernel/conv/conv.h"
#include "lib/op/op.h"

enum seg_direction { SEG_FORWARD, SEG_BACKWARD };

struct seg_packed {
    enum seg_conv_pass pass[2];
    size_t bytes[2]; /* 0: this direction is not used */
    int in_scratch;  /* packed again at the start of each pass */
    int stale[2];    /* weights have changed since they were packed */
};

/* pass: the pass of cv that computes the output of s.  Adds to
   s->kept_bytes. */
void seg_packed_plan(struct seg_packed *p, struct seg_step *s,
    const struct seg_conv *cv, enum seg_conv_pass pass);

/* Bytes of scratch for either direction, packed weights included. */
size_t seg_packed_scratch(
    const struct seg_packed *p, const struct seg_conv *cv);

/* Call this after the weights have changed. */
void seg_packed_invalidate(struct seg_packed *p);

/* Returns packed weights, scaled by scale if it is not NULL.  They are in kept,
   the step's block of kept_bytes, or in *scratch, which then advances past
   them. */
const float *seg_packed_get(struct seg_packed *p, enum seg_direction direction,
    const float *w, const float *scale, const struct seg_conv *cv, void *kept,
    void **scratch);

#endif
