/* gzip, through zlib: bytes in memory are unpacked piece by piece, and packed
   bytes written to a descriptor; the same bytes each time. */
#ifndef SEG_FORMATS_CODEC_GZIP_H
#define SEG_FORMATS_CODEC_GZIP_H

#include <stdint.h>

#include "formats/stream/file.h"

enum { SEG_GZIP_EXPANDS = 1032 }; /* bytes out for a byte in, at most */

struct seg_gzip;

/* 1 if the file begins as gzip does. */
int seg_gzip_is(const struct seg_file *file);

/* Reading file, or writing to fd; path is for messages. */
int seg_gunzip_open(struct seg_gzip **g, const struct seg_file *file,
    struct seg_err *e) SEG_MUST_USE;
int seg_gzip_open(struct seg_gzip **g, int fd, const char *path,
    struct seg_err *e) SEG_MUST_USE;

/* Up to n bytes, fewer only at the end; *got: how many. */
int seg_gunzip_some(struct seg_gzip *g, void *to, size_t n, size_t *got,
    struct seg_err *e) SEG_MUST_USE;
/* The next n bytes; fewer are an error. */
int seg_gunzip_read(
    struct seg_gzip *g, void *to, size_t n, struct seg_err *e) SEG_MUST_USE;
/* After the last byte: what follows is passed over, but it must be sound and
   its check sum right. */
int seg_gunzip_end(struct seg_gzip *g, struct seg_err *e) SEG_MUST_USE;

int seg_gzip_put(struct seg_gzip *g, const void *from, size_t n,
    struct seg_err *e) SEG_MUST_USE;
int seg_gzip_end(struct seg_gzip *g, struct seg_err *e) SEG_MUST_USE;

/* The check sum of gzip and of PNG (CRC-32) of n bytes. */
uint32_t seg_gzip_sum(const void *bytes, size_t n);

void seg_gzip_free(struct seg_gzip *g);

#endif
