/*
 * seg.volume: which slice of which volume a record is.
 *
 *     axis=z index=7 shape=35,51,35 spacing=1,1,1 unit=mm affine=...  path=NAME
 *
 * shape and spacing go along x, y, z, the volume's own axes, x running fastest
 * in the file.  A slice is [H,W] of the two axes that are left, the slower one
 * first: of axis z rows run along y and columns along x.  affine is the matrix
 * of 3 rows and 4 columns, row by row, that takes a voxel's numbers to a place
 * in the scanner, in units; path is the file's name, to the end of the text.
 *
 * seg.nifti beside it is the file's header, in hexadecimal.
 */
#ifndef SEG_FORMATS_PLACE_VOLUME_H
#define SEG_FORMATS_PLACE_VOLUME_H

#include "lib/tensor/record.h"

struct seg_volume {
    int axis;     /* 0 x, 1 y, 2 z */
    size_t index; /* from 0 */
    size_t shape[3];
    double spacing[3], affine[12];
    char unit[8];     /* mm, m, um or unknown */
    const char *path; /* where the text is */
};

/* Sets seg.volume. */
int seg_volume_set(struct seg_record *rec, const struct seg_volume *v,
    struct seg_err *e) SEG_MUST_USE;

/* 1 and v, 0 if the record has no seg.volume, -1 if it makes no sense. */
int seg_volume_get(struct seg_volume *v, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* The key of the volume: the record's without "@index". */
const char *seg_volume_key(struct seg_arena *a, const struct seg_record *rec,
    const struct seg_volume *v, struct seg_err *e) SEG_MUST_USE;

/* 1 if rec is a further slice of the volume of that key, of which at is one. */
int seg_volume_continues(
    const char *key, const struct seg_volume *at, const struct seg_record *rec);

/* Rows and columns of a slice, as axes. */
void seg_volume_axes(int axis, int *row, int *column);

#endif
