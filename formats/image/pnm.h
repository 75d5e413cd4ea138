/*
 * The formats of Netpbm: PBM, PGM and PPM, in digits and in bytes, and PAM.
 *
 * Up to a maximum of 255 samples are u8, above u16, as stored; the maximum does
 * not stretch them.  1 is black in a PBM and white in an image, so that bits
 * are turned over where an image is read.  A file holds one image.
 */
#ifndef SEG_FORMATS_IMAGE_PNM_H
#define SEG_FORMATS_IMAGE_PNM_H

#include "formats/image/image.h"

/* 1 if the file begins as one of them. */
int seg_pnm_is(const struct seg_file *file);

int seg_pnm_read(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e) SEG_MUST_USE;

/* As PAM: t is [H,W] or [H,W,C], u8 or u16. */
int seg_pam_write(int fd, const char *path, const struct seg_tensor *t,
    struct seg_err *e) SEG_MUST_USE;

#endif
