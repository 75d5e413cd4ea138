/*
 * Records of a stream by their key: the other side of a join.
 *
 * The stream is read once to learn the keys (a pipe is spooled first); then any
 * record is read by its name, from the mapped file.  A key that occurs twice is
 * bad data.  Which records were asked for is kept, so that a join can tell what
 * was left over.
 */
#ifndef SEG_FORMATS_STREAM_KEYED_H
#define SEG_FORMATS_STREAM_KEYED_H

#include "formats/stream/stream.h"

struct seg_keyed {
    struct seg_reader *reader; /* not owned */
    struct seg_keyed_entry {
        const char *key;
        size_t number;
        int found;
    } * entry; /* sorted by key */
    size_t n;
    struct seg_arena arena;
};

int seg_keyed_open(struct seg_keyed *k, struct seg_reader *reader,
    struct seg_err *e) SEG_MUST_USE;

/* The record of that key into rec; asking twice for one is an error too. */
int seg_keyed_find(struct seg_keyed *k, const char *key, struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* Fails, naming the first, if there are records nobody asked for. */
int seg_keyed_all_found(
    const struct seg_keyed *k, struct seg_err *e) SEG_MUST_USE;

void seg_keyed_free(struct seg_keyed *k);

#endif
