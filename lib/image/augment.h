/*
 * Photometric augmentation: changes an image but not its label.
 *
 * As in SimCLR (Chen et al. 2020, appendix A): with probability 0.8,
 * brightness, contrast and saturation are multiplied by factors drawn uniformly
 * from [max(0, 1 - 0.8 s), 1 + 0.8 s] and the hue is rotated by up to 0.2 s of
 * a full turn in either direction, in random order.  Then the image may be
 * converted to gray and may be blurred, each with a probability of its own.
 * Noise and a filled rectangle (cutout) can follow.  Before all this come
 * changes that hue and factors do not make: a gamma curve, by which dark and
 * bright parts gain or lose contrast, another zero (offset), and a bias field,
 * by which a part of the image is brighter than another one, as in magnetic
 * resonance.
 *
 * Images with three bands are treated as red, green, blue.  Other images have
 * no hue and saturation; instead each band is multiplied by a factor drawn like
 * that of brightness, and gray is the mean of the bands.  Values are clamped to
 * the range of an integer type and rounded once, at the end; floats are not
 * clamped.
 */
#ifndef SEG_IMAGE_AUGMENT_H
#define SEG_IMAGE_AUGMENT_H

#include "lib/base/rng.h"
#include "lib/image/nodata.h"

struct seg_augment {
    double gamma[2]; /* range of its exponent, log-uniform; 0,0: none */
    /* largest magnitude of a number that is added to all values */
    double offset;
    double bias;     /* largest coefficient of the bias field; 0: none */
    double color;    /* strength s; 0: none */
    double gray;     /* probability */
    double blur;     /* probability */
    double sigma[2]; /* range of its standard deviation, pixels */
    double noise;    /* largest standard deviation */
    /* offset and noise are in standard deviations of the image, over all bands;
       otherwise in its units */
    int relative;
    /* probability of a rectangle filled with the band's mean */
    double cutout;
    double cutout_size; /* its sides, as a fraction of the image's sides */
    uint64_t seed;
};

/*
 * Augments t, [H,W] or [H,W,C] of any type, in place.  All random numbers are a
 * function of (seed, key, index).  The arena scratch provides a float copy.
 * Pixels without data do not change and do not influence others.
 */
int seg_augment_apply(struct seg_tensor *t, const struct seg_augment *s,
    const struct seg_nodata *nodata, const char *key, uint64_t index,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/* The same for the first `bands` channels of t; the others, for example masks
   (lib/image/mask.h), keep their values and influence none. */
int seg_augment_bands(struct seg_tensor *t, size_t bands,
    const struct seg_augment *s, const struct seg_nodata *nodata,
    const char *key, uint64_t index, struct seg_arena *scratch,
    struct seg_err *e) SEG_MUST_USE;

/* ---- single steps, on n pixels of c bands as floats ---- */

struct seg_range {
    float least, most; /* range of the image's type; infinite for floats */
};

/* x <- least + d ((x - least) / d)^gamma, where least and least + d are the
   smallest and the largest value of the n; as in nnU-Net. */
void seg_color_gamma(float *x, size_t n, float gamma);
/*
 * Bias field, as in Sudre et al. 2017: with the smallest value `least` of all,
 *
 *   x <- least + (x - least) exp(sum_{1 <= i + j <= 3} k_ij u^i v^j)
 *
 * u and v: column and row of the pixel, from -1 to 1 across the image; k: i = 0
 * j = 1 to 3, then i = 1 j = 0 to 2, i = 2 j = 0 to 1, i = 3.
 */
enum { SEG_BIAS_TERMS = 9 };
void seg_color_bias(
    float *x, int h, int w, int c, const float k[SEG_BIAS_TERMS]);
/* x <- f x */
void seg_color_brightness(float *x, size_t n, float f, struct seg_range range);
/* x <- mean + f (x - mean); mean: the mean gray value of the image */
void seg_color_contrast(
    float *x, size_t n, int c, float f, struct seg_range range);
/* x <- gray + f (x - gray); gray: the gray value of the pixel; three bands */
void seg_color_saturation(float *x, size_t n, float f, struct seg_range range);
/* Rotates the hue (hexcone, as in HSV) by turn, -0.5 .. 0.5 of a full turn. */
void seg_color_hue(float *x, size_t n, float turn);
/* x[b] <- gain[b] x[b] for each band b */
void seg_color_gains(
    float *x, size_t n, int c, const float *gain, struct seg_range range);
/* All bands <- gray: 0.299 R + 0.587 G + 0.114 B, or their mean. */
void seg_color_gray(float *x, size_t n, int c);
/* Gaussian blur of h x w pixels, cut off at 3 sigma; border pixels are
   repeated. */
int seg_blur(float *x, int h, int w, int c, float sigma,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

#endif
