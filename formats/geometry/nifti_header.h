/* The header of NIfTI-1 and NIfTI-2, in either byte order: its fields by name,
   and the volume that they describe. */
#ifndef SEG_FORMATS_GEOMETRY_NIFTI_HEADER_H
#define SEG_FORMATS_GEOMETRY_NIFTI_HEADER_H

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

/* The volume that a header describes; all fields are checked. */
struct seg_nifti {
    struct seg_nifti_header header;
    size_t shape[3], channels; /* x, y, z; product of the other axes, or RGB */
    int colors; /* 3, 4: the channels of a voxel are adjacent; 1: one volume for
                   each channel */
    enum seg_type type;
    size_t offset, bytes; /* of the voxels in the file */
    double slope, inter;  /* value = slope stored + inter; 1, 0: no scaling */
    double spacing[3], affine[12];
    const char *unit;
    char warning[300]; /* fields that were replaced; "": none */
};

/* 1 if the n bytes are the beginning of a NIfTI file. */
int seg_nifti_is(const void *bytes, size_t n);

/* Element i of a field. */
double seg_nifti_get(
    const struct seg_nifti_header *h, enum seg_nifti_field f, int i);
void seg_nifti_set(
    struct seg_nifti_header *h, enum seg_nifti_field f, int i, double v);

/* Parses the header at the beginning of n bytes; path is for messages. */
int seg_nifti_parse(struct seg_nifti *v, const void *bytes, size_t n,
    const char *path, struct seg_err *e) SEG_MUST_USE;

/* The header in the hexadecimal text of seg.nifti; its fields are not checked.
   -1 if it is no NIfTI header. */
int seg_nifti_from_hex(
    struct seg_nifti_header *h, const char *hex) SEG_MUST_USE;

/* The datatype code of NIfTI for a type, 0 if there is none. */
int seg_nifti_datatype(enum seg_type type);

/* A NIfTI-1 header in the byte order of this machine, for voxels of 1 mm. */
void seg_nifti_default_header(struct seg_nifti_header *h);

#endif
