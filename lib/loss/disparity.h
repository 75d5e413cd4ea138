/*
 * How much the labels of two image patches differ, at several levels of
 * resolution: the measure of similarity of the patch-wise contrast of Liu et
 * al. (2104.11056).  The paper compares patches that are divided into
 * sub-patches at several resolutions; the formula below, the level weights and
 * the treatment of pixels without label are ours.
 *
 * A grid divides a label image of h x w pixels into gy x gx patches: grid row r
 * is the pixel rows r h/gy to (r+1) h/gy - 1, rounded down, and columns
 * likewise.  At level l = 0 .. levels-1 a patch has 2^l x 2^l cells.  The cells
 * of the finest level divide the patch by the same rule, so its sides may be of
 * any length from 2^(levels-1) pixels on; a cell of a coarser level is the
 * union of four.
 *
 *   h_li(P) = histogram of the classes in cell i of level l, with sum 1
 *   d(P,Q)  = sum_l w_l mean_i |h_li(P) - h_li(Q)|_1 / 2
 *
 * Pixels of the ignored class, or of a class outside 0..classes-1, are not
 * labeled and are in no histogram.  The mean runs over the cells with a labeled
 * pixel in both patches.  d is between 0 and sum_l w_l.  It is not defined if a
 * level whose weight is not 0 has no such cell, or if one of the patches takes
 * no part because too few of its pixels are labeled.
 */
#ifndef SEG_LOSS_DISPARITY_H
#define SEG_LOSS_DISPARITY_H

#include <stdint.h>

#include "lib/base/arena.h"

enum { SEG_DISPARITY_LEVELS = 6 };

struct seg_disparity {
    /* set by the caller */
    int n, h, w; /* label images, their pixels */
    int gy, gx;  /* patches of an image, rows and columns */
    int levels;  /* 1 to SEG_DISPARITY_LEVELS */
    int classes, ignore;
    const double *weight; /* levels: w_l, not negative; NULL: 1/levels each */
    double labeled; /* a patch takes part if at least this share of its pixels
                       is labeled, 0 to 1; always at least one pixel */
    int threads;
    /* by seg_disparity_plan */
    int patches; /* n gy gx */
    int cells;   /* of a patch, on all levels */
    /* by seg_disparity_label; cells are ordered by level, row and column */
    double *histogram;    /* patches,cells,classes */
    int *pixels;          /* patches,cells: labeled pixels of the cell */
    unsigned char *valid; /* patches: 1 if the patch takes part */
};

/* Allocates all memory from a; fails with SEG_EUSAGE if a setting is out of
   range, with SEG_EDATA if the patches of the grid have too few pixels. */
int seg_disparity_plan(struct seg_disparity *d, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Sets the histograms.  The result is the same for any number of threads. */
void seg_disparity_label(
    struct seg_disparity *d, const uint8_t *label /* n,h,w */);

/* d of two patches, numbered by image, grid row and grid column; NaN if it is
   not defined. */
double seg_disparity(const struct seg_disparity *d, int p, int q);

/* The largest possible d: the sum of the level weights. */
double seg_disparity_most(const struct seg_disparity *d);

#endif
