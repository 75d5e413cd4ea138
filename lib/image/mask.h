/*
 * Masks as channels of an image: the last channels say which pixels belong to
 * the object that a network is to segment (Lee et al. 2021).  They hold two
 * values, 0 outside and another one inside.
 */
#ifndef SEG_IMAGE_MASK_H
#define SEG_IMAGE_MASK_H

#include "lib/tensor/record.h"

/*
 * The number of last channels of t, an image of rec, that are masks: seg.mask,
 * or 0 without it.  Fails if seg.mask is not a number, or if t has no other
 * channels.
 */
int seg_mask_bands(int *n, const struct seg_record *rec,
    const struct seg_tensor *t, struct seg_err *e) SEG_MUST_USE;

/* The value inside a mask: 255; 127 in images of i8, 1 in those of
   floats. */
double seg_mask_inside(enum seg_type type);

/*
 * Replaces tensor `name` of rec, [h,w,c], by [h,w,c + 1] of the same type with
 * mask[h,w] (0: outside) as its last channel.  Fails if the value inside is
 * that of pixels without data.
 */
int seg_mask_append(struct seg_record *rec, const char *name,
    const uint8_t *mask, struct seg_err *e) SEG_MUST_USE;

/* Makes interpolated masks, the last n channels of t, two-valued again: inside
   from half of the value on. */
void seg_mask_round(struct seg_tensor *t, int n);

#endif
