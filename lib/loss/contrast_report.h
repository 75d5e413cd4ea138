/* Statistics of one step of a contrastive training, for the log. */
#ifndef SEG_LOSS_CONTRAST_REPORT_H
#define SEG_LOSS_CONTRAST_REPORT_H

#include <stddef.h>

struct seg_contrast_report {
    double anchors;   /* number of anchors */
    double positives; /* mean number of positives per anchor */
    /*
     * Over a sample of evenly spaced rows (Wang and Isola, 2005.10242): the
     * mean of |f_i - f_j|^2 over pairs of one class, and the log of the mean of
     * exp(-2 |f_i - f_j|^2) over all pairs.  0 if there is no such pair.
     */
    double alignment, uniformity;
};

/* Sets alignment and uniformity of unit rows; those of class ignore take no
   part. */
void seg_contrast_measure(struct seg_contrast_report *r,
    const float *f /* rows,d */, const int *y /* rows */, int ignore,
    size_t rows, int d);

#endif
