/*
 * Photometric distortion: what changes an image and not its labels.
 *
 * The distortion of SimCLR (Chen et al. 2020, appendix A): with probability 0.8
 * brightness, contrast and saturation are multiplied by factors drawn uniformly
 * from [max(0, 1 - 0.8 s), 1 + 0.8 s] and the hue is turned by up to 0.2 s of a
 * turn either way, in an order drawn anew; then the image is made gray, then
 * blurred, by chance.  Noise and a hole (cutout) can follow.
 *
 * Images of three bands are taken as red, green, blue.  Others have no hue or
 * saturation; in their place each band gets a gain of its own, drawn as the
 * brightness is, and gray means the mean of the bands.  Values stay within the
 * range of an integer type, and are rounded once, at the end; floats are free.
 */
#ifndef SEG_IMAGE_AUGMENT_H
#define SEG_IMAGE_AUGMENT_H

#include "lib/base/rng.h"
#include "lib/image/nodata.h"

struct seg_augment {
    double color;       /* strength s; 0: none */
    double gray;        /* probability */
    double blur;        /* probability */
    double sigma[2];    /* of the blur, least and most, pixels */
    double noise;       /* most standard deviation, units of the image */
    double cutout;      /* probability of a hole, filled with the band's mean */
    double cutout_size; /* its sides, share of the image's */
    uint64_t seed;
};

/*
 * Distorts t, [H,W] or [H,W,C] of any type, in place.  What is drawn is a
 * function of (seed, key, index); scratch is for floats.  Pixels without data
 * stay as they are and have no part in the others.
 */
int seg_augment_apply(struct seg_tensor *t, const struct seg_augment *s,
    const struct seg_nodata *nodata, const char *key, uint64_t index,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/* ---- the steps, on n pixels of c bands as floats ---- */

struct seg_range {
    float least, most; /* of the image's type; infinite for floats */
};

/* x <- f x */
void seg_color_brightness(float *x, size_t n, float f, struct seg_range range);
/* x <- mean + f (x - mean), mean being that of the image in gray */
void seg_color_contrast(
    float *x, size_t n, int c, float f, struct seg_range range);
/* x <- gray + f (x - gray), gray being the pixel's; three bands */
void seg_color_saturation(float *x, size_t n, float f, struct seg_range range);
/* Turns the hue (hexcone, as in HSV) by that part of a turn, -0.5..0.5. */
void seg_color_hue(float *x, size_t n, float turn);
/* Band b <- gain[b] times itself. */
void seg_color_gains(
    float *x, size_t n, int c, const float *gain, struct seg_range range);
/* All bands <- gray: 0.299 R + 0.587 G + 0.114 B, or their mean. */
void seg_color_gray(float *x, size_t n, int c);
/* Gaussian of h x w pixels, cut off at 3 sigma, the image's rim repeated. */
int seg_blur(float *x, int h, int w, int c, float sigma,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

#endif
