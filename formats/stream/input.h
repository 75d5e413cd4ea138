/*
 * The bytes of one input.  A regular file is mapped, a pipe is read.
 *
 * Bytes of a mapped file are not copied: pointers point into the map.  Bytes of
 * a pipe are copied into the caller's arena.  Spooling copies a pipe to a
 * temporary file and maps it.
 */
#ifndef SEG_FORMATS_STREAM_INPUT_H
#define SEG_FORMATS_STREAM_INPUT_H

#include "lib/base/arena.h"

struct seg_input {
    const char *name; /* for messages; not owned */
    int fd;           /* -1 if mapped */
    const char *map;  /* NULL: bytes are read */
    size_t size;      /* of the map */
    size_t start;     /* position of the descriptor in it */
    int stop_fd;      /* not 0: reading fails when it becomes readable */
};

/* seg_input_close closes fd, also after a failure. */
int seg_input_open(struct seg_input *in, int fd, const char *name,
    struct seg_err *e) SEG_MUST_USE;

/* Gets the n bytes at *at and advances it.  *got is less than n if the input
   ends before. */
int seg_input_fetch(struct seg_input *in, size_t *at, struct seg_arena *a,
    size_t n, char **bytes, size_t *got, struct seg_err *e) SEG_MUST_USE;

/* Copies the rest of a pipe to an unlinked temporary file and maps that. */
int seg_input_spool(struct seg_input *in, struct seg_err *e) SEG_MUST_USE;

void seg_input_close(struct seg_input *in);

#endif
