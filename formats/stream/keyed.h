/*
 * Records of a stream by key: the second input of a join.
 *
 * The stream is read once to collect the keys (a pipe is spooled first); then
 * any record is read from the mapped file by its key.  A key that occurs twice
 * is bad data.  Records that were found are marked, so that a join can report
 * the others.
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

/* Reads the record with that key into rec.  A second search for the same key is
   an error. */
int seg_keyed_find(struct seg_keyed *k, const char *key, struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* Fails if there are records that were not searched for, and names the first.
   */
int seg_keyed_all_found(
    const struct seg_keyed *k, struct seg_err *e) SEG_MUST_USE;

void seg_keyed_free(struct seg_keyed *k);

#endif
