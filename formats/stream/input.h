/*
 * The bytes of one input: a regular file is mapped, anything else is read.
 *
 * Of a map pieces are handed out as they lie there, without a copy; from a pipe
 * they are read into the caller's arena.  A pipe becomes a map by spooling.
 */
#ifndef SEG_FORMATS_STREAM_INPUT_H
#define SEG_FORMATS_STREAM_INPUT_H

#include "lib/base/arena.h"

struct seg_input {
    const char *name; /* for messages; not owned */
    int fd;           /* -1 once mapped */
    const char *map;  /* NULL: bytes are read */
    size_t size;      /* of the map */
    size_t start;     /* where the descriptor stood in it */
    int stop_fd;      /* not 0: reading gives up once it can be read */
};

/* Takes fd over; it is closed by seg_input_close, after a failure too. */
int seg_input_open(struct seg_input *in, int fd, const char *name,
    struct seg_err *e) SEG_MUST_USE;

/*
 * The next n bytes, at *at, which moves on.  *got is less than n where the
 * input ends first.
 */
int seg_input_fetch(struct seg_input *in, size_t *at, struct seg_arena *a,
    size_t n, char **bytes, size_t *got, struct seg_err *e) SEG_MUST_USE;

/* Copies what is left in a pipe to a file without a name, and maps that. */
int seg_input_spool(struct seg_input *in, struct seg_err *e) SEG_MUST_USE;

void seg_input_close(struct seg_input *in);

#endif
