/*
 * Which images to label next: uncertainty of predictions, and distances between
 * images in the space of their embeddings.
 */
#ifndef SEG_DATASET_RANK_H
#define SEG_DATASET_RANK_H

#include "lib/tensor/record.h"

enum seg_rank_measure {
    SEG_RANK_ENTROPY,
    SEG_RANK_MARGIN,
    SEG_RANK_CONFIDENCE
};

/*
 * Stores the mean over the pixels of the tensor `entropy` [H,W] f32, of 1 -
 * `margin` or of 1 - `confidence`.  Pixels with `pred` 255 (no data) are left
 * out; an image without any other pixel has uncertainty 0.  -1 if the tensor is
 * missing, has another shape or has a value that is not finite.
 */
int seg_rank_uncertainty(double *u, enum seg_rank_measure measure,
    const struct seg_record *rec, struct seg_err *e) SEG_MUST_USE;

/*
 * The mean over the pixels of the tensor `embedding` [h,w,D] f32, in memory of
 * the arena; stores D in *dim, or compares it with *dim if that is not 0.  NULL
 * if the tensor is missing, has another shape or a value that is not finite.
 */
const float *seg_rank_feature(size_t *dim, const struct seg_record *rec,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/*
 * Greedy k-center (Sener and Savarese, ICLR 2018, algorithm 1): the next image
 * is the one farthest from all labeled and all chosen images, the first of
 * equals.  Without labeled images, the first one is the image nearest to the
 * mean of all.
 *
 * feature: n + labeled pointers to dim values, the labeled images last.
 * order[count]: indices of the chosen images; distance[count]: the Euclidean
 * distance of each from its nearest neighbor when it was chosen.  count <= n.
 */
int seg_rank_centers(int *order, double *distance, int count,
    const float *const *feature, int n, int labeled, size_t dim,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

#endif
