/*
 * One vector of LANES floats, in GNU vector extensions.
 *
 * LANES is the register width of the CPU level that a *_vec.c file is compiled
 * for.  A file may define LANES before it includes this header.  For example,
 * contrast_vec.c uses 16 lanes at every level, and the compiler then needs
 * several registers for one vector.  Nothing here needs -ffast-math, and the
 * rounding in v_exp would not survive it.
 */
#ifndef SEG_SIMD_VEC_H
#define SEG_SIMD_VEC_H

#include <stdint.h>
#if defined __AVX2__
#include <immintrin.h>
#endif

#if !defined LANES
#if defined __AVX512F__
#define LANES 16
#elif defined __AVX2__
#define LANES 8
#else
#define LANES 4
#endif
#endif

/* A vector is one register, so intrinsics apply. */
#if defined __AVX512F__ && LANES == 16
#define VEC_512
#elif defined __AVX2__ && LANES == 8
#define VEC_256
#endif

#define INLINE static inline __attribute__((always_inline))

enum { PANEL = 2 * LANES }; /* columns of a packed panel */

typedef float vec __attribute__((vector_size(4 * LANES), may_alias));
typedef int ivec __attribute__((vector_size(4 * LANES), may_alias));
typedef float unaligned_vec
    __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

/* ---- load and store, at any address ---- */

INLINE vec
v_load(const float *p)
{
    return *(const unaligned_vec *)p;
}

INLINE void
v_store(float *p, vec v)
{
    *(unaligned_vec *)p = v;
}

/*
 * Non-temporal store to an aligned address: bypasses the caches, for outputs
 * larger than they are.  Call v_stream_end before other threads read.
 */
INLINE void
v_stream(float *p, vec v)
{
#if defined VEC_512
    _mm512_stream_ps(p, (__m512)v);
#elif defined VEC_256
    _mm256_stream_ps(p, (__m256)v);
#else
    v_store(p, v);
#endif
}

static inline void
v_stream_end(void)
{
#if defined __AVX2__
    _mm_sfence();
#endif
}

/*
 * v_load_part and v_store_part use the first n lanes; n may be any number.  The
 * other lanes are read as zero and not written.  With AVX2 or AVX-512 no memory
 * beyond the n lanes is touched.
 */
#if defined VEC_512

INLINE __mmask16
v_mask(int n)
{
    return (__mmask16)(n >= LANES ? 0xffff : n > 0 ? (1 << n) - 1 : 0);
}

INLINE vec
v_load_part(const float *p, int n)
{
    return (vec)_mm512_maskz_loadu_ps(v_mask(n), p);
}

INLINE void
v_store_part(float *p, vec v, int n)
{
    _mm512_mask_storeu_ps(p, v_mask(n), (__m512)v);
}

#elif defined VEC_256

INLINE __m256i
v_mask(int n)
{
    return (__m256i)((ivec){0, 1, 2, 3, 4, 5, 6, 7} < n);
}

INLINE vec
v_load_part(const float *p, int n)
{
    if (__builtin_constant_p(n >= LANES) && n >= LANES)
        return v_load(p);
    return (vec)_mm256_maskload_ps(p, v_mask(n));
}

INLINE void
v_store_part(float *p, vec v, int n)
{
    if (__builtin_constant_p(n >= LANES) && n >= LANES)
        v_store(p, v);
    else
        _mm256_maskstore_ps(p, v_mask(n), (__m256)v);
}

#else

INLINE vec
v_load_part(const float *p, int n)
{
    vec v = {0};
    if (n >= LANES)
        return v_load(p);
    for (int i = 0; i < n; i++)
        v[i] = p[i];
    return v;
}

INLINE void
v_store_part(float *p, vec v, int n)
{
    if (n >= LANES)
        v_store(p, v);
    else
        for (int i = 0; i < n; i++)
            p[i] = v[i];
}

#endif

/* ---- lane by lane ---- */

/* 0, 1, 2, ... */
INLINE ivec
v_index(void)
{
    ivec index = {0};
    for (int i = 0; i < LANES; i++)
        index[i] = i;
    return index;
}

INLINE vec
v_splat(float x)
{
    return x - (vec){0};
}

/* a in the lanes in which mask is set, b in the others */
INLINE vec
v_select(ivec mask, vec a, vec b)
{
    return (vec)(((ivec)a & mask) | ((ivec)b & ~mask));
}

/* The larger one, or b if either is NaN. */
INLINE vec
v_max(vec a, vec b)
{
#if defined VEC_512
    return (vec)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined VEC_256
    return (vec)_mm256_max_ps((__m256)a, (__m256)b);
#else
    return v_select(a > b, a, b);
#endif
}

/* The smaller one, or b if either is NaN. */
INLINE vec
v_min(vec a, vec b)
{
#if defined VEC_512
    return (vec)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined VEC_256
    return (vec)_mm256_min_ps((__m256)a, (__m256)b);
#else
    return v_select(a < b, a, b);
#endif
}

/* min(max(0, v), most) */
INLINE vec
v_relu(vec v, float most)
{
    return v_min(v_splat(most), v_max((vec){0}, v));
}

/* max(slope v, v), slope at most 1 */
INLINE vec
v_leaky_relu(vec v, float slope)
{
    return v_max(v * slope, v);
}

/* ---- across lanes ---- */

/*
 * Shuffles need constant indices, hence macros.  Lane i of the result is lane
 * f(i, s) of the 2 * LANES lanes of a and b; s is a power of two.
 */
#define V_FOUR(f, i, s)                                                        \
    (f(i, s)) % (2 * LANES), (f(i + 1, s)) % (2 * LANES),                      \
        (f(i + 2, s)) % (2 * LANES), (f(i + 3, s)) % (2 * LANES)
#if LANES == 16
#define V_ALL(f, s)                                                            \
    V_FOUR(f, 0, s), V_FOUR(f, 4, s), V_FOUR(f, 8, s), V_FOUR(f, 12, s)
#elif LANES == 8
#define V_ALL(f, s) V_FOUR(f, 0, s), V_FOUR(f, 4, s)
#else
#define V_ALL(f, s) V_FOUR(f, 0, s)
#endif
#define V_SHUFFLE(a, b, f, s)                                                  \
    ((s) == 8      ? __builtin_shufflevector(a, b, V_ALL(f, 8))                \
        : (s) == 4 ? __builtin_shufflevector(a, b, V_ALL(f, 4))                \
        : (s) == 2 ? __builtin_shufflevector(a, b, V_ALL(f, 2))                \
                   : __builtin_shufflevector(a, b, V_ALL(f, 1)))
#define V_SWAP(i, s) ((i) ^ (s))
#define V_LOW(i, s)  ((i) & (s) ? LANES + (i) - (s) : (i))
#define V_HIGH(i, s) (V_LOW(i, s) + (s))

/* Lanes s apart change places; s < LANES. */
INLINE vec
v_swap(vec x, const int s)
{
    return V_SHUFFLE(x, x, V_SWAP, s);
}

/* The sum of all lanes: first those 8 apart, then 4, 2 and 1. */
INLINE float
v_sum(vec x)
{
    if (LANES > 8)
        x = x + v_swap(x, 8);
    if (LANES > 4)
        x = x + v_swap(x, 4);
    x = x + v_swap(x, 2);
    x = x + v_swap(x, 1);
    return x[0];
}

/* The largest lane. */
INLINE float
v_largest(vec x)
{
    if (LANES > 8)
        x = v_max(x, v_swap(x, 8));
    if (LANES > 4)
        x = v_max(x, v_swap(x, 4));
    x = v_max(x, v_swap(x, 2));
    x = v_max(x, v_swap(x, 1));
    return x[0];
}

/* In each pair of rows s apart, the s x s squares off the diagonal change
   places. */
INLINE void
v_swap_squares(vec *x, const int s)
{
#pragma GCC unroll 8
    for (int k = 0; k < LANES / 2; k++) {
        int i = k / s * 2 * s + k % s;
        vec a = x[i], b = x[i + s];
        x[i] = V_SHUFFLE(a, b, V_LOW, s);
        x[i + s] = V_SHUFFLE(a, b, V_HIGH, s);
    }
}

/* Transposes x[LANES][LANES]. */
INLINE void
v_transpose(vec *x)
{
    if (LANES > 8)
        v_swap_squares(x, 8);
    if (LANES > 4)
        v_swap_squares(x, 4);
    v_swap_squares(x, 2);
    v_swap_squares(x, 1);
}

/* ---- elementary functions ---- */

/*
 * exp(x) = 2^n exp(r), |r| <= ln 2 / 2, with a polynomial of degree 7 for
 * exp(r).  Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in
 * the low bits.  The result is exactly 0 below -87; x must not be above 88.
 * Relative error < 2e-7.
 */
INLINE vec
v_exp(vec x)
{
    ivec nonzero = x > -87.0f;
    vec t, n, r, p;

    x = v_select(nonzero, x, v_splat(0));
    t = x * 1.44269504f + 0x1.8p23f;
    n = t - 0x1.8p23f;
    r = x - n * 0.693359375f + n * 2.12194440e-4f;
    p = v_splat(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    return (vec)(((ivec)p + ((ivec)t << 23)) & nonzero);
}

/*
 * log(x) for normal x > 0: x = 2^n (1 + r), 1 + r in [sqrt 1/2, sqrt 2), with
 * a polynomial of degree 8 for log(1 + r).
 */
INLINE vec
v_log(vec x)
{
    ivec e = ((ivec)x - 0x3f3504f3) >> 23;
    vec n = __builtin_convertvector(e, vec);
    vec r = (vec)((ivec)x - (e << 23)) - 1.0f;
    vec p = v_splat(7.0376836292e-2f);

    p = p * r - 1.1514610310e-1f;
    p = p * r + 1.1676998740e-1f;
    p = p * r - 1.2420140846e-1f;
    p = p * r + 1.4249322787e-1f;
    p = p * r - 1.6668057665e-1f;
    p = p * r + 2.0000714765e-1f;
    p = p * r - 2.4999993993e-1f;
    p = p * r + 3.3333331174e-1f;
    p = p * r * r * r - n * 2.12194440e-4f - 0.5f * r * r;
    return p + r + n * 0.693359375f;
}

#endif
