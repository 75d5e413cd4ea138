/*
 * The relative position of a slice in its volume, from keys.
 *
 * The number of a slice is the last number in its key, before the first @; its
 * volume is the group of the key (key_group.h) or, without a pattern, the key
 * up to the @ without that number.  For example, patient003_frame01_07 is
 * slice 7 of patient003_frame01_; of the volumes' slices the lowest and the
 * highest number are the ends.
 */
#ifndef SEG_DATASET_POSITION_H
#define SEG_DATASET_POSITION_H

#include "lib/dataset/key_counter.h"

struct seg_positions {
    const char *pattern; /* of the group; NULL: none.  Set by the caller */
    struct seg_key_counter volume;
};

/* Adds a slice.  Returns 1, or 0 if the key has no number or no group; -1. */
int seg_positions_add(
    struct seg_positions *p, const char *key, struct seg_err *e) SEG_MUST_USE;

/* Sets *part to the part, 0 to parts - 1, of the volume that an added slice is
   in, of `parts` equal ones.  Returns as seg_positions_add. */
int seg_positions_part(struct seg_positions *p, const char *key, int parts,
    int *part, struct seg_err *e) SEG_MUST_USE;

/* The same of slice number i of n, for 0 <= i < n. */
int seg_position_part(size_t i, size_t n, int parts);

void seg_positions_free(struct seg_positions *p);

#endif
