/*
 * NIfTI-1 and NIfTI-2, of either byte order, plain or in gzip.
 *
 * A file is a volume of which the slices along one axis are the images, and
 * further axes (time, modalities) and RGB are channels.  Scaled values
 * (scl_slope, scl_inter) become f32.  Fields of the header that say nothing
 * about voxels never refuse a file.  Slices get seg.volume and seg.nifti,
 * formats/place/volume.h, from which slices are put together again under the
 * old header.
 */
#ifndef SEG_FORMATS_NIFTI_NIFTI_H
#define SEG_FORMATS_NIFTI_NIFTI_H

#include "formats/codec/image_format.h"
#include "formats/place/volume.h"

/*
 * A volume in the making: slices are collected, then written in gzip.  The
 * header is the seg.nifti of the first slice; a record without one is a volume
 * of one slice.  Memory from the arena, all of it at the start: as much as its
 * limit allows, 2 GiB where it has none.
 */
struct seg_nifti_writer {
    struct seg_arena arena;
    const char *key; /* of the volume; NULL: none is in the making */
    struct seg_volume at;
    const char *header; /* hexadecimal, or NULL */
    enum seg_type type;
    size_t channels, slice, slices; /* bytes of a slice; how many came */
    uint8_t *seen;
    char *data; /* slice by slice, each [H,W,C] */
};

/* Starts a volume with the first of its slices, tensor t of rec. */
int seg_nifti_writer_start(struct seg_nifti_writer *s,
    const struct seg_record *rec, const struct seg_tensor *t,
    struct seg_err *e) SEG_MUST_USE;
/* 1 if rec is of the volume that is in the making. */
int seg_nifti_writer_continues(
    const struct seg_nifti_writer *s, const struct seg_record *rec);
int seg_nifti_writer_add(struct seg_nifti_writer *s,
    const struct seg_record *rec, const struct seg_tensor *t,
    struct seg_err *e) SEG_MUST_USE;
/* Fails, naming the first, if slices have not come. */
int seg_nifti_writer_complete(
    const struct seg_nifti_writer *s, struct seg_err *e) SEG_MUST_USE;
/* All slices are there: the whole file.  key is then NULL again. */
int seg_nifti_writer_write(struct seg_nifti_writer *s, int fd, const char *path,
    struct seg_err *e) SEG_MUST_USE;
void seg_nifti_writer_free(struct seg_nifti_writer *s);

#endif
