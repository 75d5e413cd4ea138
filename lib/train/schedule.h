/*
 * Learning-rate schedules: the rate as a function of the step only, so that a
 * resumed run continues exactly.
 *
 * During the first `warmup` steps the rate increases linearly to base.  The
 * remaining T steps, t = 0 .. T-1, follow
 *
 *   constant   base
 *   poly       end + (base - end) (1 - t/T)^power     DeepLab, power 0.9
 *   cosine     end + (base - end) (1 + cos(pi t/T)) / 2
 *   step       base gamma^floor(3 t/T)                times gamma at each third
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
    uint64_t warmup, total; /* steps; total includes warmup */
};

/* The rate of step 0 .. total-1; later steps get that of the last one. */
double seg_schedule_rate(const struct seg_schedule *s, uint64_t step);

#endif
