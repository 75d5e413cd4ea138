/*
 * Exact Euclidean distance transform with a spacing for each axis, computed one
 * axis at a time.
 *
 * Along a line with spacing s the new squared distance is
 *
 *   d'[p] = min_q d[q] + s^2 (p - q)^2
 *
 * which is the lower envelope of parabolas, computed in linear time
 * (Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions",
 * 2012).
 */
#ifndef SEG_SCORE_DISTANCE_H
#define SEG_SCORE_DISTANCE_H

#include "lib/base/arena.h"

/*
 * On input d[shape] is 0 at sources and INFINITY elsewhere; on return it is the
 * squared distance to the nearest source, INFINITY if there is none.  The last
 * axis is contiguous.  Scratch provides a few lines.
 */
int seg_distance_squared(double *d, const size_t shape[3],
    const double spacing[3], struct seg_arena *scratch,
    struct seg_err *e) SEG_MUST_USE;

#endif
