/*
 * From stored pixels to what a network takes: (pixel - mean[c]) / std[c], in
 * units of the stored pixels.  One definition for training and prediction; u8,
 * the usual case, goes through a table and gives the same bits as the division.
 */
#ifndef SEG_DATA_NORMALIZE_H
#define SEG_DATA_NORMALIZE_H

#include "lib/tensor/tensor.h"

struct seg_normalize {
    int c;
    const float *mean, *std; /* c; the caller's */
    float (*table)[256];     /* c */
};

/* Takes the table from a; fills the rest from the arguments. */
int seg_normalize_start(struct seg_normalize *q, struct seg_arena *a, int c,
    const float *mean, const float *std, struct seg_err *e) SEG_MUST_USE;

/*
 * image, [h,w,c] of any type, into out, whose rows are out_w >= w pixels long.
 * where is for the message if the picture does not fit the network.
 */
int seg_normalize_picture(float *out, size_t out_w,
    const struct seg_tensor *image, const struct seg_normalize *q,
    const char *where, struct seg_err *e) SEG_MUST_USE;

#endif
