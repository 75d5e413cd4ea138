/*
 * Internal to conv: the vector kernels of one CPU level and the methods that
 * use them.  All offsets and distances count floats.
 */
#ifndef SEG_KERNEL_CONV_CONV_KERNEL_H
#define SEG_KERNEL_CONV_CONV_KERNEL_H

#include <omp.h>

#include "lib/kernel/conv/conv.h"
#include "lib/kernel/conv/conv_depthwise_kernel.h"
#include "lib/kernel/fused_kernel.h"
#include "lib/simd/brgemm.h"

enum { MAX_TAPS = SEG_CONV_SIDE * SEG_CONV_SIDE };

/* Pixels (y + i*step, x + j*step) of an image h,w,c; zero outside of it. */
struct patch {
    int h, w, c;
    int y, x, step;
    int non_temporal; /* write with non-temporal stores */
};

struct conv_kernels {
    const struct brgemm_kernels *mm;
    const struct depthwise_kernels *depthwise;

    /* Winograd; element e of 36 lies e*pitch floats into v, z, m or u. */
    void (*input_tile)(float *v, long pitch, const float *x,
        const struct seg_affine *affine, const struct patch *p);
    void (*gradient_tile)(float *z, long pitch, long panel_pitch,
        const float *dy, const struct seg_affine *affine,
        const struct patch *p);
    /* Adds to part the channel sums that the epilogue asks for; NULL: none */
    void (*output_tile)(float *y, const struct patch *p, const float *m,
        long pitch, const struct seg_conv_epilogue *epilogue, float *part,
        long part_stride);
    void (*end_output)(
        void); /* call after output tiles, before other threads read them */
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

/* The fused input transform of a pass: of x, or of dy. */
static inline const struct seg_affine *
affine_of(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return pass == SEG_CONV_DATA ? cv->read_dy : cv->read_x;
}

/* The methods.  A pass reads in (x or dy) and writes out (y or dx). */
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

size_t seg_conv_depthwise_packed(const struct seg_conv *cv);
size_t seg_conv_depthwise_scratch(
    const struct seg_conv *cv, enum seg_conv_pass pass);
void seg_conv_depthwise_pack(float *packed, const float *w, const float *scale,
    const struct seg_conv *cv, enum seg_conv_pass pass);
void seg_conv_depthwise(float *out, const float *in, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    enum seg_conv_pass pass, float *scratch);
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
