/*
 * The confidence that the most confident share of the pixels of each class
 * reaches (class-balanced self-training, Zou et al., ECCV 2018,
 * arXiv:1810.07911).
 *
 * Confidences are counted by level.  A confidence c is rounded to a multiple of
 * 2^-24, as floats from 0.5 on are, and m = (1 - c) 2^24 has up to 25 bits.
 * The level tells the 12 highest bits of m: below 4096, thus for c above
 * 0.99975, each m is a level of its own; from there on 1 - c varies within a
 * level by at most 1/2048 of itself.  Level 0 is c = 1, the last one c = 0.
 *
 * Memory, from the arena of the struct, is 224 KiB for each class that occurs,
 * however many pixels there are.  Counts are whole numbers: no result depends
 * on the order of the images.
 */
#ifndef SEG_PSEUDO_CONFIDENCE_H
#define SEG_PSEUDO_CONFIDENCE_H

#include <stdint.h>

#include "lib/base/arena.h"

enum { SEG_CONFIDENCE_LEVELS = (14 << 11) + 1, SEG_CONFIDENCE_CLASSES = 255 };

/* The level of a confidence; below 0 it counts as 0, above 1 as 1. */
int seg_confidence_level(float confidence);

/* The lowest confidence of a level. */
double seg_confidence_lowest(int level);

/* Start with the arena set and the rest 0. */
struct seg_confidence_counts {
    struct seg_arena *arena;
    uint64_t pixels[SEG_CONFIDENCE_CLASSES];
    uint64_t *level[SEG_CONFIDENCE_CLASSES]; /* NULL: no pixel yet */
};

/* Counts n pixels; class 255 is left out. */
int seg_confidence_counts_add(struct seg_confidence_counts *c,
    const uint8_t *class, const float *confidence, size_t n,
    struct seg_err *e) SEG_MUST_USE;

/*
 * The level at which the most confident `share` (0 to 1) of the pixels of a
 * class ends: the first one up to which at least share * pixels are counted.
 * -1 if that is no pixel.
 */
int seg_confidence_limit(
    const struct seg_confidence_counts *c, int class, double share);

/* Sets all counts to 0 and keeps the memory. */
void seg_confidence_counts_clear(struct seg_confidence_counts *c);

#endif
