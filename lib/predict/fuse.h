/*
 * Several predictions of one image, or of parts of it, become one.
 *
 * Every prediction adds to the scores of the pixels that it covers: its
 * probabilities, or a vote for its class.  A pixel's probabilities are its
 * scores over the weights that came together there; its class is the highest,
 * the lower one of equals.  A prediction does not count where it says that the
 * image has no data (255, or probabilities that are all 0); a pixel of which
 * all predictions say so has no data.
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
    uint8_t
        *covered; /* h,w: something was added, be it that there is no data */
};

/* Begins an image of h x w pixels and k classes. */
int seg_fuse_start(
    struct seg_fuse *f, int h, int w, int k, struct seg_err *e) SEG_MUST_USE;

/* How much a prediction counts. */
struct seg_fuse_weight {
    double weight;
    int taper; /* the more the nearer to the middle, sin^2 along both axes */
};

/*
 * Adds probabilities t [h,w,k] f32, or votes t [h,w] u8 for classes below k
 * (255: no vote), of a window of the image, whose size is the tensor's; what
 * of it lies outside is left out, and mirrored ones are turned back.
 */
int seg_fuse_add(struct seg_fuse *f, const struct seg_tensor *t,
    const struct seg_window *win, const struct seg_fuse_weight *weight,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/*
 * Adds an object of class `class`: the second one of probabilities t [h,w,2],
 * or a mask t [h,w] u8, any value but 0.  An object stands against a
 * background, class 0, of one half; objects are added once each, and nothing
 * else.
 */
int seg_fuse_object(struct seg_fuse *f, const struct seg_tensor *t, int class,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/* Fails where nothing has been added to a pixel. */
int seg_fuse_end(struct seg_fuse *f, const struct seg_pixel_outputs *v,
    const char *where, struct seg_err *e) SEG_MUST_USE;

void seg_fuse_free(struct seg_fuse *f);

#endif
