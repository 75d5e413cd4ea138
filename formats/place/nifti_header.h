/*
 * The header of NIfTI-1 and NIfTI-2: its fields by name in either version and
 * byte order, and what they come to.
 */
#ifndef SEG_FORMATS_PLACE_NIFTI_HEADER_H
#define SEG_FORMATS_PLACE_NIFTI_HEADER_H

#include "formats/stream/file.h"
#include "lib/tensor/tensor.h"

enum { SEG_NIFTI_1 = 348, SEG_NIFTI_2 = 540 };

enum seg_nifti_field {
    NIFTI_DIM, /* of 8 */
    NIFTI_DATATYPE,
    NIFTI_BITPIX,
    NIFTI_PIXDIM, /* of 8 */
    NIFTI_VOX_OFFSET,
    NIFTI_SLOPE,
    NIFTI_INTER,
    NIFTI_CAL_MAX,
    NIFTI_CAL_MIN,
    NIFTI_QFORM,
    NIFTI_SFORM,
    NIFTI_QUATERN, /* of 3 */
    NIFTI_QOFFSET, /* of 3 */
    NIFTI_SROW,    /* of 12 */
    NIFTI_UNITS
};

struct seg_nifti_header {
    size_t n; /* bytes: SEG_NIFTI_1 or SEG_NIFTI_2; the version */
    int swapped;
    uint8_t p[SEG_NIFTI_2];
};

/* What it says, checked. */
struct seg_nifti {
    struct seg_nifti_header header;
    size_t shape[3], channels; /* x, y, z; all further axes, or RGB */
    int colors;                /* 3, 4: they are of a voxel; 1: of volumes */
    enum seg_type type;
    size_t offset, bytes; /* of the voxels in the file */
    double slope, inter;  /* 1, 0 where there is nothing to do */
    double spacing[3], affine[12];
    const char *unit;
    char odd[300]; /* fields without sense, for a warning; "": none */
};

/* 1 if n bytes begin a NIfTI file. */
int seg_nifti_is(const void *bytes, size_t n);

double seg_nifti_get(
    const struct seg_nifti_header *h, enum seg_nifti_field f, int i);
void seg_nifti_set(
    struct seg_nifti_header *h, enum seg_nifti_field f, int i, double v);

/* Reads the header at the beginning of n bytes; path is for messages. */
int seg_nifti_parse(struct seg_nifti *v, const void *bytes, size_t n,
    const char *path, struct seg_err *e) SEG_MUST_USE;

/* The header that seg.nifti holds as hexadecimal text; its fields are not
   checked.  -1 if it is none. */
int seg_nifti_from_hex(
    struct seg_nifti_header *h, const char *hex) SEG_MUST_USE;

/* NIfTI's number for a type, 0 if it has none. */
int seg_nifti_datatype(enum seg_type type);

/* A plain header, NIfTI-1 in our byte order, of voxels of 1 mm. */
void seg_nifti_fresh(struct seg_nifti_header *h);

#endif
