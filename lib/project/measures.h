/*
 * Numbers that tell how well features separate the classes.
 *
 *   cosine within     mean cosine of two points of one class
 *   cosine between    mean cosine of two points of different classes
 *   purity            mean share of the k nearest points (Euclidean) that have
 *                     the class of the point
 *   probe             share of the held-out points that a linear classifier
 *                     trained on the others gets right (Alain and Bengio,
 *                     "Understanding intermediate layers using linear
 *                     classifier probes", 2016)
 *
 * The probe is multinomial logistic regression on features of mean 0 and
 * variance 1 over the training points; it minimizes the sum of the cross
 * entropies plus half the squared weights, without those of the constant.
 */
#ifndef SEG_PROJECT_MEASURES_H
#define SEG_PROJECT_MEASURES_H

#include "lib/project/points.h"

enum { SEG_NEIGHBORS = 10 };
enum { SEG_WITHIN, SEG_BETWEEN, SEG_PURITY, SEG_PROBE, SEG_MEASURES };

/* NAN: undefined, for example the cosine of a class with one point. */
struct seg_measure {
    int n, held_out; /* points, points that test the probe */
    double value[SEG_MEASURES];
};

/* Of each class, by its id, and of all points. */
struct seg_measures {
    struct seg_measure class[SEG_POINT_CLASSES], all;
};

int seg_measures_compute(struct seg_measures *m, const struct seg_points *p,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

#endif
