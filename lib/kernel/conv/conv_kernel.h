/*
 * Inside conv: what the vector kernels of one CPU level offer to the loops
 * around them, and what the loops offer to each other.  All offsets and pitches
 * count floats.  A panel is the block of output channels that one call fills:
 * two vectors.
 */
#ifndef SEG_KERNEL_CONV_CONV_KERNEL_H
#define SEG_KERNEL_CONV_CONV_KERNEL_H

#include <omp.h>

#include "lib/base/line.h"
#include "lib/kernel/conv/conv.h"
#include "lib/kernel/fused_kernel.h"

enum { MAX_PANEL = 32, MAX_TAPS = SEG_CONV_SIDE * SEG_CONV_SIDE };

struct tap {
    long in, weight; /* where a tap's pixels and weights start */
};

/*
 * Batch-reduce: for i < rows (by choice of function) and j < cols,
 *
 *   c[i*ldc + j] = sum_t sum_q a[in_t + i*lda + q] b[weight_t + q*panel + j]
 *
 * b always holds whole panels; columns from cols on are computed, not stored.
 * Meanwhile the cache is asked for what comes next: a line of next_a with each
 * q, a row at next_c, next_step apart, for each of the rows.
 *
 * Depthwise: for i < count and j < cols,
 *
 *   c[i*ldc + j] = sum_t a[in_t + i*lda + j] b[weight_t + j]
 */
struct reduce {
    const struct tap *taps;
    int ntaps;
    int cols;
    long depth; /* q runs to here */
    const float *a;
    long lda;
    const float *b;
    float *c;
    long ldc;
    const float *next_a, *next_c;
    long next_step;
    struct seg_conv_epilogue epilogue; /* of this panel, laid out like c */
};

/*
 * Sum of outer products over ny x nx pixels: for i < rows and j < panel,
 *
 *   c[i*panel + j] (+)= sum_y,x a[y*ya + x*xa + i] b[y*yb + x*xb + j]
 *
 * where xb is one panel.  Meanwhile the cache is asked for what comes next, a
 * line at next (if any), next_step apart, with each pixel.  Depthwise, for
 * j < cols:
 *
 *   c[j] += sum_y,x a[y*ya + x*xa + j] b[y*yb + x*xb + j]
 */
struct outer {
    int ny, nx;
    const float *a;
    long ya, xa;
    const float *b;
    long yb, xb;
    float *c;
    const float *next;
    long next_step;
    int add, cols;
};

/* The pixels (y + i*step, x + j*step) of an image h,w,c; zero outside. */
struct patch {
    int h, w, c;
    int y, x, step;
    int past; /* written past the caches */
};

typedef void reduce_fn(const struct reduce *);
typedef void outer_fn(const struct outer *);

struct conv_kernels {
    int width, panel;         /* floats of a vector, of a panel */
    int rows;                 /* pixels (reduce) or channels (outer) at most */
    reduce_fn *const *reduce; /* [rows + 1]; entry i does i rows */
    outer_fn *const *outer;
    void (*depthwise)(const struct reduce *r, int count);
    outer_fn *depthwise_weights;

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

static inline int
min_int(int a, int b)
{
    return a < b ? a : b;
}

static inline int
max_int(int a, int b)
{
    return a > b ? a : b;
}

static inline int
ceil_div(int a, int b)
{
    return (a + b - 1) / b;
}

/* The affine of what a pass reads: of x, or of dy. */
static inline const struct seg_affine *
affine_of(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return pass == SEG_CONV_DATA ? cv->read_dy : cv->read_x;
}

/* Joins the channel sums' n parts of a pass that wrote c channels. */
void seg_conv_reduce_sums(const struct seg_conv_epilogue *e, const float *parts,
    int n, int c, int threads);

/* count rows of r in groups as even as they go, each one kernel call. */
void seg_conv_reduce_span(
    const struct conv_kernels *kn, struct reduce r, int count);

/*
 * out[tap*tap_pitch + j] = weight of channel in of what the pass reads for
 * channel p*panel + j of what it writes, taps turned round if backward; 0
 * beyond the last.  w and scale are those of one group.
 */
void seg_conv_gather(float *out, long tap_pitch, const float *w,
    const float *scale, const struct seg_conv *cv, enum seg_conv_pass pass,
    int p, int in);

/* The methods.  out is y or dx, in is x or dy. */
size_t seg_conv_direct_packed(
    const struct seg_conv *cv, enum seg_conv_pass pass);
size_t seg_conv_direct_scratch(
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
