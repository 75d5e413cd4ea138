#ifndef SEG_PROJECT_DISTANCE_H
#define SEG_PROJECT_DISTANCE_H

/* The squared Euclidean distance of a[d] and b[d]. */
static inline float
seg_squared_distance(const float *a, const float *b, int d)
{
    float sum = 0;

#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < d; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

/* The scalar product of a[d] and b[d]. */
static inline double
seg_dot(const double *a, const double *b, int d)
{
    double sum = 0;

    for (int i = 0; i < d; i++)
        sum += a[i] * b[i];
    return sum;
}

#endif
