/*
 * Pseudo labels: the predicted class where it is trusted, else the ignore
 * value.
 */
#ifndef SEG_PSEUDO_LABEL_H
#define SEG_PSEUDO_LABEL_H

#include <stddef.h>
#include <stdint.h>

/* A prediction of n pixels and what is known about them. */
struct seg_pseudo_image {
    size_t n;
    const uint8_t *class;    /* predicted; 255: no data */
    const float *confidence; /* NULL: the rule does not ask for it */
    const uint8_t *disputed; /* 1: another prediction differs; NULL: none */
    const uint8_t *truth;    /* or the ignore value; NULL: unknown */
};

/*
 * A pixel is trusted if its confidence is at least `above`, its level
 * (lib/pseudo/confidence.h) is at most the limit of its class, it is not
 * disputed, and its class is not the ignore value.
 */
struct seg_pseudo_rule {
    int ignore;
    float above;
    const int *limit; /* [255], -1: none of the class; NULL: all levels */
};

/* Pixels predicted as one class.  The truth is known for `judged` of them, and
   for `trusted_judged` of the trusted ones. */
struct seg_pseudo_counts {
    uint64_t predicted, judged, right;
    uint64_t trusted, trusted_judged, trusted_right;
};

/* Writes label[n] and adds to counts[255], by predicted class.  The truth is
   only counted: it changes no label. */
void seg_pseudo_label(uint8_t *label, struct seg_pseudo_counts *counts,
    const struct seg_pseudo_image *image, const struct seg_pseudo_rule *rule);

#endif
