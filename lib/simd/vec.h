/*
 * One vector of WIDTH floats in GNU vector extensions, except for what they
 * cannot say (a part of a vector); the width and the
 * kernel height follow from the instruction set we are compiled for.
 * ROWS x 2 accumulators, two weights and one broadcast fill the registers.
 */
#ifndef SEG_SIMD_VEC_H
#define SEG_SIMD_VEC_H

#include <stdint.h>
#if defined __AVX2__
#include <immintrin.h>
#endif

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

/* Past the caches, for maps larger than they are; p is aligned to a vector.
   Who streams ends with stream_end before others may read. */
#if defined __AVX512F__

INLINE void
stream(float *p, vec v)
{
    _mm512_stream_ps(p, (__m512)v);
}

#elif defined __AVX2__

INLINE void
stream(float *p, vec v)
{
    _mm256_stream_ps(p, (__m256)v);
}

#else

INLINE void
stream(float *p, vec v)
{
    store(p, v);
}

#endif

static inline void
stream_end(void)
{
#if defined __AVX2__
    _mm_sfence();
#endif
}

/*
 * The first n lanes, n of any size; the others read as zero and are not
 * written.  Where the CPU has masks nothing beyond them is touched either.
 */
#if defined __AVX512F__

INLINE __mmask16
lanes_of(int n)
{
    return (__mmask16)(n >= WIDTH ? 0xffff : n > 0 ? (1 << n) - 1 : 0);
}

INLINE vec
load_part(const float *p, int n)
{
    return (vec)_mm512_maskz_loadu_ps(lanes_of(n), p);
}

INLINE void
store_part(float *p, vec v, int n)
{
    _mm512_mask_storeu_ps(p, lanes_of(n), (__m512)v);
}

#elif defined __AVX2__

INLINE __m256i
lanes_of(int n)
{
    return (__m256i)((ivec){0, 1, 2, 3, 4, 5, 6, 7} < n);
}

INLINE vec
load_part(const float *p, int n)
{
    if (__builtin_constant_p(n >= WIDTH) && n >= WIDTH)
        return load(p);
    return (vec)_mm256_maskload_ps(p, lanes_of(n));
}

INLINE void
store_part(float *p, vec v, int n)
{
    if (__builtin_constant_p(n >= WIDTH) && n >= WIDTH)
        store(p, v);
    else
        _mm256_maskstore_ps(p, lanes_of(n), (__m256)v);
}

#else

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

#endif

/* The larger one; where either is NaN, v. */
INLINE vec
at_least(vec least, vec v)
{
#if defined __AVX512F__
    return (vec)_mm512_max_ps((__m512)least, (__m512)v);
#elif defined __AVX2__
    return (vec)_mm256_max_ps((__m256)least, (__m256)v);
#else
    ivec below = v < least;
    return (vec)(((ivec)least & below) | ((ivec)v & ~below));
#endif
}

INLINE vec
relu(vec v)
{
    return at_least((vec){0}, v);
}

#endif
