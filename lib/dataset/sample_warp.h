/* Rotation by any angle, shear and elastic deformation of a patch (sample.h):
   the larger patch to cut, and where each pixel of the patch lies in it. */
#ifndef SEG_DATASET_SAMPLE_WARP_H
#define SEG_DATASET_SAMPLE_WARP_H

#include "lib/dataset/sample.h"

struct seg_sample_warp {
    struct seg_window win; /* of the larger patch */
    int h, w;              /* its size, pixels */
    /* [h,w,2] of the patch: row and column in the larger one; NULL: the patch
       is neither rotated nor deformed, and win, h and w are its own */
    const float *at;
};

/* h, w: size of the patch before quarter turns.  Memory from a. */
int seg_sample_warp_plan(struct seg_sample_warp *p,
    const struct seg_window *win, const struct seg_sample *s, int h, int w,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Moves a window that contains pixel (y, x) before it is sheared and rotated,
   so that it also contains the pixel afterwards, at the same place. */
void seg_sample_warp_around(struct seg_window *win, int y, int x);

#endif
