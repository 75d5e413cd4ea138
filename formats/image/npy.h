/*
 * npy, the files of NumPy: arrays [H,W] and [H,W,C], in C or Fortran order, of
 * either byte order, header versions 1 to 3.  seg_image_settle has the types.
 */
#ifndef SEG_FORMATS_IMAGE_NPY_H
#define SEG_FORMATS_IMAGE_NPY_H

#include "formats/image/image.h"

int seg_npy_read(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e) SEG_MUST_USE;

/* A tensor of any shape, and any type but bf16. */
int seg_npy_write(int fd, const char *path, const struct seg_tensor *t,
    struct seg_err *e) SEG_MUST_USE;

#endif
