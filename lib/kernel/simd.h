/*
 * Sixteen floats at a time, in GCC's vector extensions: one source for every
 * level; where registers are shorter the compiler takes several.  Nothing here
 * needs -ffast-math, and the rounding trick in v_exp would not survive it.
 */
#ifndef SEG_KERNEL_SIMD_H
#define SEG_KERNEL_SIMD_H

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 16 };

typedef float v16 __attribute__((vector_size(64), may_alias));
typedef int v16i __attribute__((vector_size(64), may_alias));

INLINE int
round_up(int n)
{
    return (n + LANES - 1) / LANES * LANES;
}

INLINE v16
v_all(float x)
{
    return x - (v16){0};
}

/* a where the mask is set, b elsewhere */
INLINE v16
v_pick(v16i mask, v16 a, v16 b)
{
    return (v16)(((v16i)a & mask) | ((v16i)b & ~mask));
}

INLINE v16
v_max(v16 a, v16 b)
{
    return v_pick(a > b, a, b);
}

#define V_FOLD(x, op)                                                          \
    x = op(x, __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0,   \
                  1, 2, 3, 4, 5, 6, 7));                                       \
    x = op(x, __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13,    \
                  14, 15, 8, 9, 10, 11));                                      \
    x = op(x, __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, \
                  9, 14, 15, 12, 13));                                         \
    x = op(x, __builtin_shufflevector(                                         \
                  x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14))
#define V_ADD(a, b) ((a) + (b))

INLINE float
v_sum(v16 x)
{
    V_FOLD(x, V_ADD);
    return x[0];
}

INLINE float
v_top(v16 x)
{
    V_FOLD(x, v_max);
    return x[0];
}

/*
 * exp(x) = 2^n exp(r), |r| <= ln 2 / 2, with a polynomial of degree 7 for
 * exp(r).  Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in
 * the low bits.  Exactly 0 below -87; 88 at most.  Relative error < 2e-7.
 */
INLINE v16
v_exp(v16 x)
{
    v16i live = x > -87.0f;
    v16 t, n, r, p;

    x = v_pick(live, x, v_all(0));
    x = v_pick(x < 88.0f, x, v_all(88));
    t = x * 1.44269504f + 0x1.8p23f;
    n = t - 0x1.8p23f;
    r = x - n * 0.693359375f + n * 2.12194440e-4f;
    p = v_all(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    return (v16)(((v16i)p + ((v16i)t << 23)) & live);
}

/* log(x) for normal x > 0: x = 2^n (1 + r), 1 + r in [sqrt 1/2, sqrt 2) */
INLINE v16
v_log(v16 x)
{
    v16i e = ((v16i)x - 0x3f3504f3) >> 23;
    v16 n = __builtin_convertvector(e, v16);
    v16 r = (v16)((v16i)x - (e << 23)) - 1.0f;
    v16 p = v_all(7.0376836292e-2f);

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
