/*
 * The learning rate as a function of the step, and of nothing else: a run that
 * is resumed asks for step t and gets what it would have had.
 *
 * Over the first `warmup` steps the rate rises in equal parts to base; what is
 * left, T steps counted t = 0..T-1, follows
 *
 *   constant   base
 *   poly       end + (base - end) (1 - t/T)^power     DeepLab's, power 0.9
 *   cosine     end + (base - end) (1 + cos(pi t/T)) / 2
 *   step       base gamma^floor(3 t/T)                a tenth after each third
 */
#ifndef SEG_TRAIN_SCHEDULE_H
#define SEG_TRAIN_SCHEDULE_H

#include <stdint.h>

enum seg_schedule_kind {
    SEG_SCHEDULE_COSINE,
    SEG_SCHEDULE_POLY,
    SEG_SCHEDULE_STEP,
    SEG_SCHEDULE_CONSTANT
};

struct seg_schedule {
    enum seg_schedule_kind kind;
    double base, end, power, gamma;
    uint64_t warmup, total; /* steps; warmup is a part of total */
};

/* The rate of step 0..total-1; later steps get the last one's. */
double seg_schedule_rate(const struct seg_schedule *s, uint64_t step);

#endif
