/*
 * Inside conv: what the vector kernels of one CPU level offer to the loops
 * around them, and what the loops offer to each other.  All offsets and pitches
 * count floats.  A panel is the block of output channels that one call fills:
 * two vectors.
 */
#ifndef SEG_KERNEL_CONV_CONV_KERNEL_H
#define SEG_KERNEL_CONV_CONV_KERNEL_H

#include <omp.h>

#include "lib/kernel/conv/conv.h"
#include "lib/kernel/fused_kernel.h"
#include "lib/simd/brgemm.h"

enum { MAX_TAPS = SEG_CONV_SIDE * SEG_CONV_SIDE };

/* The pixels (y + i*step, x + j*step) of an image h,w,c; zero outside. */
struct patch {
    int h, w, c;
    int y, x, step;
    int past; /* written past the caches */
};

struct conv_kernels {
    const struct brgemm_kernels *mm;
    /* c[i*ldc + j] = sum_t a[t.a + i*lda + j] b[t.b + j] and the epilogue, for
       i < count and j < cols */
    void (*depthwise)(const struct brgemm *r, int count);
    /* c[j] += sum_y,x a[y*ya + x*xa + j] b[y*yb + x*xb + j] for j < cols */
    rank_k_fn *depthwise_weights;

    /* Winograd; element e of 36 lies e*pitch floats into v, z, m or u. */
    void (*input_tile)(float *v, long pitch, const float *x,
        const struct seg_affine *affine, const struct patch *p);
    void (*gradient_tile)(float *z, long pitch, long panel_pitch,
        const float *dy, const struct seg_affine *affine,
        const struct patch *p);
    /* part: of the epilogue's channel sums, NULL: none */
    void (*output_tile)(float *y, const struct patch *p, const float *m,
        long pitch, const struct seg_conv_epilogue *epilogue, float *part,
        long apart);
    void (*settle)(void); /* after output tiles: others may read them now */
    void (*weight_tile)(float *u, long pitch, const float *w /* 9,panel */);
    void (*weight_gradient_tile)(float *dw /* 9,panel */, const float *u,
        long pitch, int parts, long part_pitch);
};

extern const struct conv_kernels seg_conv_kernels_v4, seg_conv_kernels_v3,
    seg_conv_kernels_base;

enum conv_method { DIRECT, WINOGRAD, DEPTHWISE };

static inline const struct conv_kernels *
kernels_of(const struct seg_conv *cv)
{
    return cv->level;
}

static inline const struct brgemm_kernels *
mm_of(const struct seg_conv *cv)
{
    return kernels_of(cv)->mm;
}

/* The affine of what a pass reads: of x, or of dy. */
static inline const struct seg_affine *
affine_of(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return pass == SEG_CONV_DATA ? cv->read_dy : cv->read_x;
}

/* The methods.  out is y or dx, in is x or dy. */
size_t seg_conv_direct_packed(
    const struct seg_conv *cv, enum seg_conv_pass pass);
size_t seg_conv_direct_scratch(
    const struct seg_conv *cv, enum seg_conv_pass pass);
int seg_conv_direct_fuses_sums(
    const struct seg_conv *cv, enum seg_conv_pass pass);
void seg_conv_direct_pack(float *packed, const float *w, const float *scale,
    const struct seg_conv *cv, enum seg_conv_pass pass);
void seg_conv_direct(float *out, const float *in, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    enum seg_conv_pass pass, float *scratch);
size_t seg_conv_direct_weights_scratch(const struct seg_conv *cv);
void seg_conv_direct_weights(float *dw, const float *x, const float *dy,
    int add, const struct seg_conv *cv, float *scratch);

size_t seg_conv_depthwise_weights_scratch(const struct seg_conv *cv);
void seg_conv_depthwise_weights(float *dw, const float *x, const float *dy,
    int add, const struct seg_conv *cv, float *scratch);

int seg_conv_winograd_is_profitable(
    const struct seg_conv *cv, enum seg_conv_pass pass);
size_t seg_conv_winograd_packed(
    const struct seg_conv *cv, enum seg_conv_pass pass);
size_t seg_conv_winograd_scratch(
    const struct seg_conv *cv, enum seg_conv_pass pass);
void seg_conv_winograd_pack(float *packed, const float *w, const float *scale,
    const struct seg_conv *cv, enum seg_conv_pass pass);
void seg_conv_winograd(float *out, const float *in, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    enum seg_conv_pass pass, float *scratch);
size_t seg_conv_winograd_weights_scratch(const struct seg_conv *cv);
void seg_conv_winograd_weights(float *dw, const float *x, const float *dy,
    int add, const struct seg_conv *cv, float *scratch);

#endif
