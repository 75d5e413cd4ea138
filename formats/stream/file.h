/*
 * A whole file of bytes in memory, for the readers of images.
 *
 * What cannot be opened is SEG_ENOINPUT, larger than max_bytes
 * SEG_EMEM, or SEG_EDATA where max_bytes is 0.
 */
#ifndef SEG_FORMATS_STREAM_FILE_H
#define SEG_FORMATS_STREAM_FILE_H

#include "lib/base/arena.h"

struct seg_file {
    const char *path; /* for messages; as given */
    char *data;
    size_t bytes;
};

/* A limit as it is set: 0 stands for 2 GiB. */
static inline size_t
seg_file_most(size_t max_bytes)
{
    return max_bytes ? max_bytes : (size_t)2 << 30;
}

/* The kind of error where it is passed: a limit that the user set is memory. */
static inline int
seg_file_over(size_t max_bytes)
{
    return max_bytes ? SEG_EMEM : SEG_EDATA;
}

/* 1 if the file begins with these n bytes. */
int seg_file_begins(const struct seg_file *f, const char *magic, size_t n);

int seg_file_read(struct seg_file *f, struct seg_arena *a, const char *path,
    size_t max_bytes, struct seg_err *e) SEG_MUST_USE;

#endif
