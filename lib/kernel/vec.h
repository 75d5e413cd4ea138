/*
 * One vector of WIDTH floats in GNU vector extensions; the width and the
 * kernel height follow from the instruction set we are compiled for.
 * ROWS x 2 accumulators, two weights and one broadcast fill the registers.
 */
#ifndef SEG_KERNEL_VEC_H
#define SEG_KERNEL_VEC_H

#if defined __AVX512F__
#define WIDTH 16
#define ROWS  14
#elif defined __AVX2__
#define WIDTH 8
#define ROWS  6
#elif defined __aarch64__
#define WIDTH 4
#define ROWS  8
#else
#define WIDTH 4
#define ROWS  6
#endif
#define PANEL  (2 * WIDTH)
#define INLINE static inline __attribute__((always_inline))

typedef float vec
    __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
typedef int ivec __attribute__((vector_size(4 * WIDTH)));

INLINE vec
load(const float *p)
{
    return *(const vec *)p;
}

INLINE void
store(float *p, vec v)
{
    *(vec *)p = v;
}

/* The first n lanes, n of any size; the others read as zero. */
INLINE vec
load_part(const float *p, int n)
{
    vec v = {0};
    if (n >= WIDTH)
        return load(p);
    for (int i = 0; i < n; i++)
        v[i] = p[i];
    return v;
}

INLINE void
store_part(float *p, vec v, int n)
{
    if (n >= WIDTH)
        store(p, v);
    else
        for (int i = 0; i < n; i++)
            p[i] = v[i];
}

/* NaN stays NaN. */
INLINE vec
relu(vec v)
{
    return (vec)((ivec)v & ~(ivec)(v < (vec){0}));
}

#endif
