/*
 * Labeled points of a feature space: feature vectors of sampled pixels.
 *
 * Every labeled pixel has a random rank, a function of seed, key of the record
 * and position.  Of each class the pixels of the lowest ranks are kept, so that
 * the sample does not depend on the order of the records.
 */
#ifndef SEG_PROJECT_POINTS_H
#define SEG_PROJECT_POINTS_H

#include <stdint.h>

#include "lib/tensor/record.h"

enum { SEG_POINT_CLASSES = 256 };

struct seg_point {
    const char *key;
    int class;
    size_t row, column; /* in the feature map */
    uint64_t rank;
    int held_out; /* 1: tests the linear probe, 0: trains it */
};

/* n points of d features, ordered by class and rank. */
struct seg_points {
    int n, d;
    struct seg_point *point;
    float *x; /* n,d */
};

/* The points of one class, a heap: the highest rank comes first. */
struct seg_point_heap {
    int n;
    struct seg_point *point; /* capacity per_class */
    float *x;                /* per_class,d */
};

/* Start with seed and per_class set and the rest 0. */
struct seg_point_sampler {
    uint64_t seed;
    int per_class;
    int d; /* features, by the first record */
    struct seg_point_heap heap[SEG_POINT_CLASSES];
    struct seg_arena arena;
};

/*
 * Adds the pixels of a feature map [h,w,d].  A pixel has the class of that
 * pixel of label [H,W] u8 that is at its center; pixels of the class `ignore`
 * are left out.  Fails if d differs from earlier records or a feature is not
 * finite; messages begin with the name of the record.
 */
int seg_point_sampler_add(struct seg_point_sampler *s,
    const struct seg_record *rec, const struct seg_tensor *map,
    const struct seg_tensor *label, int ignore, struct seg_err *e) SEG_MUST_USE;

/*
 * The sample, in memory of the sampler; at most `most` points, evenly of the
 * classes.  Half of the records, chosen by seed and key, are held out; if there
 * is only one, every second point of each class.
 */
int seg_point_sampler_points(struct seg_points *p, struct seg_point_sampler *s,
    int most, struct seg_err *e) SEG_MUST_USE;

void seg_point_sampler_free(struct seg_point_sampler *s);

#endif
