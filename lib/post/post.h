/*
 * Corrections of a predicted label image.  Ignored pixels (SEG_IGNORE) keep
 * their value and count nowhere.  Each function returns the number of changed
 * pixels, or -1 with e.
 */
#ifndef SEG_POST_POST_H
#define SEG_POST_POST_H

#include "lib/post/components.h"

/*
 * Majority filter: every pixel takes the most frequent class of the square of
 * 2 radius + 1 pixels a side around it, cut off at the edge of the image.  It
 * keeps its class if that is one of the most frequent; of others that are
 * equally frequent the lowest is taken.
 */
long seg_post_majority(const struct seg_label_image *image, int radius,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/*
 * Components of fewer than least pixels take the class of the neighbor with
 * which they share most of their border (the lowest class of equal ones),
 * smallest component first.  What they join may then be large enough.  A
 * component without a neighbor stays.
 */
long seg_post_min_size(const struct seg_label_image *image, int32_t least,
    enum seg_connectivity connectivity, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Holes: components of the background that do not touch the edge of the image
 * or an ignored pixel, have at most `most` pixels and border on one class
 * alone, take that class.  The background is connected the other way: at sides
 * only if objects are connected at corners too.
 */
long seg_post_fill_holes(const struct seg_label_image *image, int32_t most,
    int background, enum seg_connectivity connectivity, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Of each class but the background only its largest component stays, the first
   of equal ones; the others become background. */
long seg_post_largest(const struct seg_label_image *image, int background,
    enum seg_connectivity connectivity, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Numbers the components of all classes but the background from 1 into
   instance[h,w]; 0: background or ignored.  Returns how many there are. */
long seg_post_instances(uint32_t *instance, const struct seg_label_image *image,
    int background, enum seg_connectivity connectivity, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

#endif
