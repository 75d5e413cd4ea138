/* Principal component analysis (Hotelling, 1933). */
#ifndef SEG_PROJECT_PCA_H
#define SEG_PROJECT_PCA_H

#include "lib/base/arena.h"

/*
 * The k largest eigenvalues of a symmetric positive semidefinite matrix a[d,d],
 * descending, and their unit vectors [k,d], whose largest component is
 * positive.  k is at most d.  Subspace iteration with Rayleigh-Ritz projection
 * (Saad, "Numerical methods for large eigenvalue problems", 2011, chapter 5).
 */
int seg_eigen_top(double *value, double *vector, const double *a, int d, int k,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/* Covariances [d,d] of x[n,d] about its mean; the divisor is n.  In memory from
   a. */
double *seg_covariance(const float *x, int n, int d, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Projects x[n,d] to y[n,2]: coordinates along the first two principal
   components; share[2] are their shares of the variance.  The second one is 0
   if d is 1. */
int seg_pca(float *y, double share[2], const float *x, int n, int d,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

#endif
