/*
 * Surface distances between the true and the predicted structure.
 *
 * The surface of a structure is the set of its voxels that share a face with a
 * voxel outside of it; an axis with a single voxel has no faces.  With D the
 * distances from each surface voxel of the truth to the nearest one of the
 * prediction, and E those from the prediction to the truth:
 *
 *   hd95 = max(95th percentile of D, 95th percentile of E)
 *   assd = (sum D + sum E) / (|D| + |E|)
 *   nsd  = (|D <= tolerance| + |E <= tolerance|) / (|D| + |E|)
 *
 * (95 % Hausdorff distance, average symmetric surface distance, normalized
 * surface Dice: Maier-Hein, Reinke et al., "Metrics reloaded", 2024.)
 */
#ifndef SEG_SCORE_SURFACE_H
#define SEG_SCORE_SURFACE_H

#include <stdint.h>

#include "lib/base/arena.h"

/* Class ids of a volume, or of an image with shape[0] 1; the last axis is
   contiguous. */
struct seg_volume_pair {
    size_t shape[3];
    double spacing[3];
    uint8_t *truth;
    const uint8_t *pred;
};

/* Copies the prediction to the truth at ignored pixels and at pixels without
   data (prediction 255), so that they do not influence the distances. */
void seg_volume_pair_agree(struct seg_volume_pair *p, int ignore);

/* The largest distance between two voxels. */
double seg_volume_pair_diagonal(const struct seg_volume_pair *p);

/* Distances from each surface voxel to the other surface, INFINITY if that is
   empty.  Memory comes from the arena passed in. */
struct seg_surface_distances {
    double *truth, *pred;
    size_t ntruth, npred;
};

/* border 1: the end of the volume counts as a face.  Uses 9 bytes for each
   voxel of the bounding box of the structure. */
int seg_surface_distances_find(struct seg_surface_distances *g,
    const struct seg_volume_pair *p, int class_id, int border,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

enum seg_missing { SEG_IN_BOTH, SEG_IN_TRUTH, SEG_IN_PRED, SEG_IN_NEITHER };

/*
 * If a structure is in only one of the two, hd95 and assd are the diagonal of
 * the volume and nsd is 0, the worst values; if it is in neither, they are NAN.
 */
struct seg_surface {
    enum seg_missing missing;
    double hd95, assd, nsd;
};
int seg_surface_measure(struct seg_surface *s, const struct seg_volume_pair *p,
    int class_id, double tolerance, struct seg_arena *scratch,
    struct seg_err *e) SEG_MUST_USE;

#endif
