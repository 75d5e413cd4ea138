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
 *
 * One-cycle (Smith and Topin, 1708.07120) is the OneCycleLR of PyTorch without
 * its cycle of the momentum: half a cosine from base / 25 up to base, which
 * step r - 1 reaches, then half a cosine down to base / 250000 at the last
 * step.  r is warmup, or 0.3 of all steps if that is 0.
 */
#ifndef SEG_TRAIN_SCHEDULE_H
#define SEG_TRAIN_SCHEDULE_H

#include <stdint.h>

enum seg_schedule_kind {
    SEG_SCHEDULE_COSINE,
    SEG_SCHEDULE_POLY,
    SEG_SCHEDULE_STEP,
    SEG_SCHEDULE_CONSTANT,
    SEG_SCHEDULE_ONECYCLE
};

struct seg_schedule {
    enum seg_schedule_kind kind;
    double base, end, power, gamma;
    uint64_t warmup, total; /* steps; total includes warmup */
};

/* The rate of step 0 .. total-1; later steps get that of the last one. */
double seg_schedule_rate(const struct seg_schedule *s, uint64_t step);

#endif
