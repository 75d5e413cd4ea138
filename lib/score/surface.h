/*
 * How far apart the surfaces of a structure are, in truth and as predicted.
 *
 * The surface of a structure is those of its voxels that touch, face to face,
 * one that is not of it; an axis along which there is one voxel only has no
 * faces.  Let D be the distances from each surface voxel of truth to the
 * nearest one of the prediction, and E those the other way round:
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

/* Class ids of a volume, or of an image, shape[0] 1; the last axis runs
   fastest. */
struct seg_volume_pair {
    size_t shape[3];
    double spacing[3];
    uint8_t *truth;
    const uint8_t *pred;
};

/* Truth takes the prediction where it is the ignore value, and where the image
   has no data (a prediction of 255): such pixels neither move a surface nor
   make one. */
void seg_volume_pair_agree(struct seg_volume_pair *p, int ignore);

/* The longest distance between two voxels. */
double seg_volume_pair_diagonal(const struct seg_volume_pair *p);

/* Distances from each surface voxel to the other surface: INFINITY where that
   is empty.  Memory from the arena handed in. */
struct seg_surface_distances {
    double *truth, *pred;
    size_t ntruth, npred;
};

/* border: the end of the volume is a face, so that what it cuts off ends there.
   Holds 9 bytes for each voxel of the box around the structure. */
int seg_surface_distances_find(struct seg_surface_distances *g,
    const struct seg_volume_pair *p, int class_id, int border,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

enum seg_missing { SEG_IN_BOTH, SEG_IN_TRUTH, SEG_IN_PRED, SEG_IN_NEITHER };

/*
 * Of a structure that is in one of the two only hd95 and assd are the diagonal,
 * as far off as can be, and nsd is 0, so that missing a structure never makes a
 * mean better; of one that is in neither they are NAN.
 */
struct seg_surface {
    enum seg_missing missing;
    double hd95, assd, nsd;
};
int seg_surface_measure(struct seg_surface *s, const struct seg_volume_pair *p,
    int class_id, double tolerance, struct seg_arena *scratch,
    struct seg_err *e) SEG_MUST_USE;

#endif
