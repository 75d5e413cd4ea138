/*
 * The exact Euclidean distance transform, one axis after the other, of voxels
 * that may be longer than wide.
 *
 * Along a line of spacing s the new squared distance is
 *
 *   d'[p] = min_q d[q] + s^2 (p - q)^2
 *
 * the lower envelope of parabolas, found in one pass (Felzenszwalb and
 * Huttenlocher, "Distance transforms of sampled functions", 2012).
 */
#ifndef SEG_SCORE_DISTANCE_H
#define SEG_SCORE_DISTANCE_H

#include "lib/base/arena.h"

/*
 * d[shape] is 0 at the sources and INFINITY elsewhere; it becomes the square of
 * the distance to the nearest source, and stays INFINITY where there is none.
 * The last axis runs fastest.  Some lines of memory from scratch.
 */
int seg_distance_squared(double *d, const size_t shape[3],
    const double spacing[3], struct seg_arena *scratch,
    struct seg_err *e) SEG_MUST_USE;

#endif
