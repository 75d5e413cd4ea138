/*
 * The JSON header of a safetensors blob, to and from a record without data.
 *
 * Parsing takes one pass.  Its memory comes from the arena of the record: as
 * many bytes as the text, and a list and an index of tensors and keys.  Types,
 * shapes, products and offsets are checked, tensors must fill the payload
 * without gaps, and duplicate keys are refused.  Writing orders tensors like
 * the reference implementation (large types first, then by name) and metadata
 * by key, so equal records give equal bytes.
 */
#ifndef SEG_FORMATS_STREAM_HEADER_H
#define SEG_FORMATS_STREAM_HEADER_H

#include "lib/tensor/record.h"

/* The position in a stream, for messages; rec gives the key once it is known.
   */
struct seg_record_location {
    const char *name; /* of the file */
    size_t number;    /* of the record, from 1 */
    const struct seg_record *rec;
};

/* "NAME: record NUMBER (KEY): text", SEG_EDATA; returns -1. */
int seg_record_location_fail(const struct seg_record_location *at,
    struct seg_err *e, const char *fmt, ...) SEG_PRINTF(3, 4);

/* Adds metadata and tensors to rec, which is empty.  Tensors are in the order
   of their offsets, without gaps; their data is NULL. */
int seg_header_parse(struct seg_record *rec, const char *text, size_t n,
    const struct seg_record_location *at, struct seg_err *e) SEG_MUST_USE;

/* Fails if seg.key or seg.classes have control characters, which would reach
   terminals and break rows of tables.  Tabs separate class names. */
int seg_header_check_names(const struct seg_record *rec,
    const struct seg_record_location *at, struct seg_err *e) SEG_MUST_USE;

/*
 * The header of rec, *n bytes in memory from a, padded with spaces to a
 * multiple of 8.  order[0 .. ntensors - 1] gets the tensors in the order in
 * which their data must follow.  seg.hash is sixteen zeros.
 */
char *seg_header_write(struct seg_arena *a, size_t *n, int *order,
    const struct seg_record *rec, struct seg_err *e) SEG_MUST_USE;

/* The sixteen digits of seg.hash in a header; NULL if there are none. */
char *seg_header_digits(char *text, size_t n);

#endif
