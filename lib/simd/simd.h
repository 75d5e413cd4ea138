/*
 * LANES floats at a time, in GCC's vector extensions: one source for every
 * level.  Who includes this after lib/simd/vec.h has vectors of that level's
 * registers; elsewhere there are sixteen lanes, and where registers are shorter
 * the compiler takes several.  Nothing here needs -ffast-math, and the rounding
 * trick in v_exp would not survive it.
 */
#ifndef SEG_SIMD_SIMD_H
#define SEG_SIMD_SIMD_H

#ifdef WIDTH
enum { LANES = WIDTH };
#else
#define INLINE static inline __attribute__((always_inline))
enum { LANES = 16 };
#endif

typedef float vf __attribute__((vector_size(4 * LANES), may_alias));
typedef int vi __attribute__((vector_size(4 * LANES), may_alias));

#if !defined WIDTH
typedef vf v16;
typedef vi v16i;
#endif
INLINE int
round_up(int n)
{
    return (n + LANES - 1) / LANES * LANES;
}

/* 0, 1, 2, ... */
INLINE vi
v_lane(void)
{
    vi lane = {0};

    for (int i = 0; i < LANES; i++)
        lane[i] = i;
    return lane;
}

INLINE vf
v_all(float x)
{
    return x - (vf){0};
}

/* a where the mask is set, b elsewhere */
INLINE vf
v_pick(vi mask, vf a, vf b)
{
    return (vf)(((vi)a & mask) | ((vi)b & ~mask));
}

/* The larger one; where either is NaN, b. */
INLINE vf
v_max(vf a, vf b)
{
#ifdef WIDTH
    return (vf)at_least((vec)a, (vec)b);
#else
    return v_pick(a > b, a, b);
#endif
}

/* The lanes f(0, s), f(1, s), ... of a and, LANES further on, of b. */
#define V_FOUR(f, i, s)                                                        \
    (f(i, s)) % (2 * LANES), (f(i + 1, s)) % (2 * LANES),                      \
        (f(i + 2, s)) % (2 * LANES), (f(i + 3, s)) % (2 * LANES)
#if !defined WIDTH || WIDTH == 16
#define V_ALL(f, s)                                                            \
    V_FOUR(f, 0, s), V_FOUR(f, 4, s), V_FOUR(f, 8, s), V_FOUR(f, 12, s)
#elif WIDTH == 8
#define V_ALL(f, s) V_FOUR(f, 0, s), V_FOUR(f, 4, s)
#else
#define V_ALL(f, s) V_FOUR(f, 0, s)
#endif
#define V_SHUFFLE(a, b, f, s) __builtin_shufflevector(a, b, V_ALL(f, s))

/* x with lanes s apart put together by op */
#define V_ACROSS(i, s) ((i) ^ (s))
#define V_HALVE(x, op, s)                                                      \
    if (LANES > s)                                                             \
    x = op(x, V_SHUFFLE(x, x, V_ACROSS, s))
#define V_FOLD(x, op)                                                          \
    V_HALVE(x, op, 8);                                                         \
    V_HALVE(x, op, 4);                                                         \
    V_HALVE(x, op, 2);                                                         \
    V_HALVE(x, op, 1)
#define V_ADD(a, b) ((a) + (b))

INLINE float
v_sum(vf x)
{
    V_FOLD(x, V_ADD);
    return x[0];
}

INLINE float
v_top(vf x)
{
    V_FOLD(x, v_max);
    return x[0];
}

/* In each pair of rows s apart, the s x s squares off the diagonal change
   places. */
#define V_LOW(i, s)  ((i) & (s) ? LANES + (i) - (s) : (i))
#define V_HIGH(i, s) (V_LOW(i, s) + (s))
#define V_EXCHANGE(x, s)                                                       \
    _Pragma("GCC unroll 8") for (int k = 0; k < LANES / 2 && s < LANES; k++)   \
    {                                                                          \
        int i = k / s * 2 * s + k % s;                                         \
        vf a = x[i], b = x[i + s];                                             \
        x[i] = V_SHUFFLE(a, b, V_LOW, s);                                      \
        x[i + s] = V_SHUFFLE(a, b, V_HIGH, s);                                 \
    }

/* x[i][j] for x[j][i], LANES x LANES */
INLINE void
v_transpose(vf *x){
    V_EXCHANGE(x, 8) V_EXCHANGE(x, 4) V_EXCHANGE(x, 2) V_EXCHANGE(x, 1)}

/*
 * exp(x) = 2^n exp(r), |r| <= ln 2 / 2, with a polynomial of degree 7 for
 * exp(r).  Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in
 * the low bits.  Exactly 0 below -87; x must not be above 88.
 * Relative error < 2e-7.
 */
INLINE vf v_exp(vf x)
{
    vi live = x > -87.0f;
    vf t, n, r, p;

    x = v_pick(live, x, v_all(0));
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
    return (vf)(((vi)p + ((vi)t << 23)) & live);
}

/* log(x) for normal x > 0: x = 2^n (1 + r), 1 + r in [sqrt 1/2, sqrt 2) */
INLINE vf
v_log(vf x)
{
    vi e = ((vi)x - 0x3f3504f3) >> 23;
    vf n = __builtin_convertvector(e, vf);
    vf r = (vf)((vi)x - (e << 23)) - 1.0f;
    vf p = v_all(7.0376836292e-2f);

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
