/*
 * Correction of predicted classes by prototypes (ProDA, Zhang et al., 2021,
 * arXiv:2101.10979, equations 3 to 5).
 *
 *   eta_k  = mean of f_i over the pixels i predicted as k
 *   w_ik   = exp(-|f_i - eta_k| / T) / sum_j exp(-|f_i - eta_j| / T)
 *   class  = argmax_k w_ik p_ik, the smallest of equals
 *   confidence = max_k w_ik p_ik / sum_j w_ij p_ij
 *
 * with p the probabilities and |.| the Euclidean norm.  A class that no pixel
 * is predicted as has no prototype and no weight.
 *
 * The feature map [h,w,d] may have another size than the image [H,W].  Pixel
 * (y, x) has the features of the cell that contains its center: row
 * floor((y + 0.5) h / H), column floor((x + 0.5) w / W).  So a cell counts in
 * the mean as often as it has pixels of the class.
 *
 * Sums are taken in double precision in the order of images, cells and
 * features, so the result has the same bits for any number of threads.
 */
#ifndef SEG_PSEUDO_PROTOTYPES_H
#define SEG_PSEUDO_PROTOTYPES_H

#include <stdint.h>

#include "lib/base/arena.h"

/* A prediction of an image [H,W]; none of its sizes is 0. */
struct seg_pseudo_features {
    int image_h, image_w;
    const uint8_t *class; /* H,W; 255: no data */
    const float *probs;   /* H,W,k */
    int h, w;
    const float *x; /* h,w,d, finite, of absolute value 1e15 at most */
};

struct seg_prototypes {
    int k, d;
    double *mean;     /* d,k: sums until seg_prototypes_finish */
    uint64_t *pixels; /* k */
};

/* Memory is from a; k is at most 255. */
int seg_prototypes_start(struct seg_prototypes *p, int k, int d,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Adds an image; its classes are below k, or 255. */
void seg_prototypes_add(
    struct seg_prototypes *p, const struct seg_pseudo_features *image);

/* Divides the sums by the numbers of pixels; then no image can be added. */
void seg_prototypes_finish(struct seg_prototypes *p);

/*
 * Writes class[H,W] and confidence[H,W] of an image.  Pixels without data keep
 * 255, with confidence 0; so does a pixel whose probability is above 0 only for
 * classes without prototype.
 */
void seg_prototypes_classify(uint8_t *class, float *confidence,
    const struct seg_prototypes *p, const struct seg_pseudo_features *image,
    double temperature, int threads);

#endif
