/* gzip through zlib: reading from memory, and writing to a descriptor.  The
   same input always gives the same compressed bytes. */
#ifndef SEG_FORMATS_CODEC_GZIP_H
#define SEG_FORMATS_CODEC_GZIP_H

#include <stdint.h>

#include "formats/stream/file.h"

enum { SEG_GZIP_EXPANDS = 1032 }; /* the most bytes that one byte becomes */

struct seg_gzip;

/* 1 if the file begins like gzip. */
int seg_gzip_is(const struct seg_file *file);

/* Reads the bytes of file, or writes to fd; path is for messages.  The handle
   is freed by seg_gzip_free. */
int seg_gunzip_open(struct seg_gzip **g, const struct seg_file *file,
    struct seg_err *e) SEG_MUST_USE;
int seg_gzip_open(struct seg_gzip **g, int fd, const char *path,
    struct seg_err *e) SEG_MUST_USE;

/* Reads up to n bytes; *got is less than n only at the end. */
int seg_gunzip_some(struct seg_gzip *g, void *to, size_t n, size_t *got,
    struct seg_err *e) SEG_MUST_USE;
/* Reads exactly n bytes; fewer are an error. */
int seg_gunzip_read(
    struct seg_gzip *g, void *to, size_t n, struct seg_err *e) SEG_MUST_USE;
/* Reads the rest of the file, up to 1 MiB, and drops it; checks its checksum.
   */
int seg_gunzip_end(struct seg_gzip *g, struct seg_err *e) SEG_MUST_USE;

int seg_gzip_put(struct seg_gzip *g, const void *from, size_t n,
    struct seg_err *e) SEG_MUST_USE;
int seg_gzip_end(struct seg_gzip *g, struct seg_err *e) SEG_MUST_USE;

/* The checksum of gzip and of PNG (CRC-32). */
uint32_t seg_gzip_sum(const void *bytes, size_t n);

void seg_gzip_free(struct seg_gzip *g);

#endif
