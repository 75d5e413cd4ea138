/*
 * Combines several predictions of an image, or of its parts, into one.
 *
 * Each prediction adds its probabilities, or a vote for its class, to the
 * scores of the pixels that it covers.  The probabilities of a pixel are its
 * scores divided by the sum of the weights; its class is the most probable one,
 * the smallest of equals.  A prediction does not count at pixels without data
 * (class 255, or all probabilities 0); a pixel without data in all predictions
 * has none in the result.
 */
#ifndef SEG_PREDICT_FUSE_H
#define SEG_PREDICT_FUSE_H

#include "lib/dataset/sample.h"
#include "lib/predict/pixel_outputs.h"

struct seg_fuse {
    struct seg_arena arena;
    int h, w, k;
    float *sum;    /* h,w,k */
    float *weight; /* h,w */
    /* h,w: 1 if a prediction covers the pixel, with or without data */
    uint8_t *covered;
};

/* Starts an image of h x w pixels and k classes. */
int seg_fuse_start(
    struct seg_fuse *f, int h, int w, int k, struct seg_err *e) SEG_MUST_USE;

/* The weight of a prediction. */
struct seg_fuse_weight {
    double weight;
    int taper; /* weight decreases towards the edges: sin^2 along both axes */
};

/*
 * Adds probabilities t [h,w,k] f32, or votes t [h,w] u8 for classes below k
 * (255: none), of a window win of the image; t has the size of the window.
 * Parts of the window outside the image are left out, and a mirrored window is
 * mirrored back.  Messages begin with `where`.
 */
int seg_fuse_add(struct seg_fuse *f, const struct seg_tensor *t,
    const struct seg_window *win, const struct seg_fuse_weight *weight,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/*
 * Adds an object of class `class` in a window of the image: the second channel
 * of probabilities t [h,w,2] f32, or a mask t [h,w] u8, in which all values
 * except 0 are the object.  The objects compete with a background, class 0, of
 * probability 1/2.  Add each object once, and nothing else.
 */
int seg_fuse_object(struct seg_fuse *f, const struct seg_tensor *t,
    const struct seg_window *win, int class, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* Makes the whole image background, where no object will be.  Call it before
   the first object is added. */
void seg_fuse_background(struct seg_fuse *f);

/* Computes the outputs v of the image.  Fails if no prediction covers some
   pixel. */
int seg_fuse_end(struct seg_fuse *f, const struct seg_pixel_outputs *v,
    const char *where, struct seg_err *e) SEG_MUST_USE;

void seg_fuse_free(struct seg_fuse *f);

#endif
