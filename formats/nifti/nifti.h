/*
 * NIfTI-1 and NIfTI-2 of either byte order, plain or in gzip.
 *
 * A file is a volume; its slices along one axis are the pages.  Further axes
 * (time, modalities) and RGB are channels.  Scaled values (scl_slope,
 * scl_inter) become f32.  Header fields that do not affect the voxels never
 * refuse a file.  Slices get seg.volume and seg.nifti
 * (formats/geometry/volume.h), from which the writer restores the volume with
 * its header.
 */
#ifndef SEG_FORMATS_NIFTI_NIFTI_H
#define SEG_FORMATS_NIFTI_NIFTI_H

#include "formats/codec/image_format.h"
#include "formats/geometry/volume.h"

/*
 * Collects the slices of a volume and writes them to one file, in gzip.  The
 * header is the seg.nifti of the first slice.  A record without seg.volume is a
 * volume of one slice.  Memory for all slices is allocated at the start, up to
 * the limit of the arena, or 2 GiB if it has none.
 */
struct seg_nifti_writer {
    struct seg_arena arena;
    const char *key; /* of the volume; NULL: no volume was started */
    struct seg_volume at;
    const char *header; /* hexadecimal, or NULL */
    enum seg_type type;
    size_t channels, slice; /* bytes of a slice */
    size_t slices;          /* number of slices that were added */
    uint8_t *seen;          /* 1 for each of them */
    char *data;             /* all slices, each [H,W,C] */
};

/* Starts a volume with its first slice, tensor t of rec. */
int seg_nifti_writer_start(struct seg_nifti_writer *s,
    const struct seg_record *rec, const struct seg_tensor *t,
    struct seg_err *e) SEG_MUST_USE;
/* 1 if rec is another slice of the current volume. */
int seg_nifti_writer_continues(
    const struct seg_nifti_writer *s, const struct seg_record *rec);
int seg_nifti_writer_add(struct seg_nifti_writer *s,
    const struct seg_record *rec, const struct seg_tensor *t,
    struct seg_err *e) SEG_MUST_USE;
/* Fails if slices are missing, and names the first. */
int seg_nifti_writer_complete(
    const struct seg_nifti_writer *s, struct seg_err *e) SEG_MUST_USE;
/* Writes the complete volume; key is NULL afterwards. */
int seg_nifti_writer_write(struct seg_nifti_writer *s, int fd, const char *path,
    struct seg_err *e) SEG_MUST_USE;
void seg_nifti_writer_free(struct seg_nifti_writer *s);

#endif
