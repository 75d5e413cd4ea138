/*
 * A mean teacher (Tarvainen and Valpola, 1703.01780): a network with the moving
 * average of the weights in training labels images for it.
 */
#ifndef SEG_TRAIN_TEACHER_H
#define SEG_TRAIN_TEACHER_H

#include "lib/kernel/resize.h"
#include "lib/net/head.h"
#include "lib/train/ema.h"

struct seg_teacher {
    /* set by the caller */
    struct seg_net *net;       /* of the text of the one in training */
    const struct seg_ema *ema; /* started */
    int n, h, w;               /* images of a pass */
    int ignore, threads, exact;
    double above; /* smallest probability of a class that counts */

    /* by start */
    struct seg_logits logits;
    struct seg_resize enlarge; /* h 0: logits have the size of the images */
    void *scratch;
    float *p;       /* n,h,w,classes */
    uint8_t *label; /* n,h,w */
};

/* Plans the network and takes memory from a; mem_limit: bytes, 0: none. */
int seg_teacher_start(struct seg_teacher *t, size_t mem_limit,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Sets label to the most probable class of each pixel of x, and to ignore where
   its probability is below `above`. */
void seg_teacher_run(
    struct seg_teacher *t, const float *x /* n,h,w,channels, normalized */);

#endif
