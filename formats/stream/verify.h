/* Checks of one record of a stream, seg-stream(5), for its reader. */
#ifndef SEG_FORMATS_STREAM_VERIFY_H
#define SEG_FORMATS_STREAM_VERIFY_H

#include "formats/stream/header.h"

/* All fail with SEG_EDATA at the position `at`, whose rec is the record. */

int seg_verify_version(
    const struct seg_record_location *at, struct seg_err *e) SEG_MUST_USE;

/* Compares seg.hash, if there is one, with that of the header, n bytes at text,
   and of the tensors.  A copy of the header is taken from a. */
int seg_verify_hash(struct seg_arena *a, const char *text, size_t n,
    const struct seg_record_location *at, struct seg_err *e) SEG_MUST_USE;

/*
 * For a record with seg.end, which is END or, with tensors, the last record of
 * a block.  records came since the END before, hashed of them with seg.hash.
 */
int seg_verify_end(size_t records, size_t hashed,
    const struct seg_record_location *at, struct seg_err *e) SEG_MUST_USE;

#endif
