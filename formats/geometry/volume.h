/*
 * seg.volume: the volume that a record is a slice of, and the number of the
 * slice.
 *
 *     axis=z index=7 shape=35,51,35 spacing=1,1,1 unit=mm affine=...  path=NAME
 *
 * shape and spacing are in the order x, y, z of the volume's own axes; x runs
 * fastest in the file.  A slice is [H,W] of the two axes other than `axis`, the
 * slower one first: a slice along z has rows along y and columns along x.
 * affine is the 3 x 4 matrix, row by row, from voxel indices to scanner
 * coordinates in units.  path is the name of the file, up to the end of the
 * text.
 *
 * seg.nifti holds the header of the file, in hexadecimal.
 */
#ifndef SEG_FORMATS_GEOMETRY_VOLUME_H
#define SEG_FORMATS_GEOMETRY_VOLUME_H

#include "lib/tensor/record.h"

struct seg_volume {
    int axis;     /* 0 x, 1 y, 2 z */
    size_t index; /* from 0 */
    size_t shape[3];
    double spacing[3], affine[12];
    char unit[8];     /* mm, m, um or unknown */
    const char *path; /* points into the text */
};

/* Sets seg.volume. */
int seg_volume_set(struct seg_record *rec, const struct seg_volume *v,
    struct seg_err *e) SEG_MUST_USE;

/* Updates seg.volume and seg.nifti, if there are any, of a slice that was
   resized to w x h pixels: the volume covers the same space. */
int seg_volume_resize(
    struct seg_record *rec, size_t w, size_t h, struct seg_err *e) SEG_MUST_USE;

/* 1 and v; 0 if the record has no seg.volume; -1 if it cannot be parsed. */
int seg_volume_get(struct seg_volume *v, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* The key of the volume, in a: "brain" if the key of the record is "brain@7".
   */
const char *seg_volume_key(struct seg_arena *a, const struct seg_record *rec,
    const struct seg_volume *v, struct seg_err *e) SEG_MUST_USE;

/* 1 if rec is another slice of the volume with that key; `at` is one of its
   slices. */
int seg_volume_continues(
    const char *key, const struct seg_volume *at, const struct seg_record *rec);

/* The axes of rows and columns of slices along axis. */
void seg_volume_axes(int axis, int *row, int *column);

#endif
