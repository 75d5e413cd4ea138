/* A whole file in memory, for the readers of images. */
#ifndef SEG_FORMATS_STREAM_FILE_H
#define SEG_FORMATS_STREAM_FILE_H

#include "lib/base/arena.h"

struct seg_file {
    const char *path; /* for messages */
    char *data;
    size_t bytes;
};

/* The limit in bytes; 0 stands for 2 GiB. */
static inline size_t
seg_file_most(size_t max_bytes)
{
    return max_bytes ? max_bytes : (size_t)2 << 30;
}

/* The kind of error if the limit is exceeded: SEG_EMEM if the user set it. */
static inline int
seg_file_over(size_t max_bytes)
{
    return max_bytes ? SEG_EMEM : SEG_EDATA;
}

/* 1 if the file begins with these n bytes. */
int seg_file_begins(const struct seg_file *f, const char *magic, size_t n);

/* Reads the file, or pipe, at path; memory from a.  A file that cannot be
   opened is SEG_ENOINPUT, one above max_bytes seg_file_over(max_bytes). */
int seg_file_read(struct seg_file *f, struct seg_arena *a, const char *path,
    size_t max_bytes, struct seg_err *e) SEG_MUST_USE;

#endif
