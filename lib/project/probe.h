/* The linear probe of measures.h. */
#ifndef SEG_PROJECT_PROBE_H
#define SEG_PROJECT_PROBE_H

#include "lib/project/points.h"

/* right[n]: 1 for a held-out point whose class the probe predicts, else 0; also
   0 for a class without training points. */
int seg_probe(double *right, const struct seg_points *p,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

#endif
