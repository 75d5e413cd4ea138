/*
 * Mixing two labeled patches: a part of one is pasted into the other, with its
 * label.
 *
 * CutMix (Yun et al. 2019): a rectangle, whose share of the area is uniform
 * between 0 and 1.  ClassMix (Olsson et al. 2021): all pixels of half of the
 * classes in the label of the pasted patch, drawn at random; of an odd number
 * of classes, the smaller half.
 */
#ifndef SEG_DATASET_MIX_H
#define SEG_DATASET_MIX_H

#include "lib/base/rng.h"
#include "lib/tensor/record.h"

struct seg_rectangle {
    int y, x, h, w;
};

/* A rectangle at a random place of an image of h x w, of `side` (0 to 1) times
   its height and width, at least one pixel. */
struct seg_rectangle seg_rectangle_draw(
    struct seg_rng *r, double side, int h, int w);

enum seg_mix { SEG_CUTMIX, SEG_CLASSMIX };

/*
 * Pastes a part of `from` into rec.  All tensors of rec with the height and
 * width of its image are mixed; from must have each of them, with the same type
 * and shape, and the same seg.nodata.  Adds seg.mix, "cutmix y,x,h,w KEY" or
 * "classmix 3,5 KEY": the rectangle or the classes, and the key of from.  Does
 * nothing if the label of from has fewer than two classes, with ClassMix.
 */
int seg_mix_apply(struct seg_record *rec, const struct seg_record *from,
    enum seg_mix how, struct seg_rng *r, struct seg_err *e) SEG_MUST_USE;

#endif
