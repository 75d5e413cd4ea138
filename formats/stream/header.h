/*
 * The JSON header of one safetensors blob <-> a record without its bytes.
 *
 * Parsing takes one pass and memory from the record's arena alone: as many
 * bytes as the text has, and a list and an index for tensors and for keys.  It
 * believes nothing: types, shapes, products and offsets are checked, the
 * tensors must tile the payload, duplicate keys are refused.  Writing orders
 * tensors as the reference writer does (large types first, then by name) and
 * metadata by key, so equal records give equal bytes.
 */
#ifndef SEG_FORMATS_STREAM_HEADER_H
#define SEG_FORMATS_STREAM_HEADER_H

#include "lib/tensor/record.h"

/* Where we are, for messages; the record's key is added once it is known. */
struct seg_record_location {
    const char *name; /* of the file */
    size_t number;    /* of the record, from 1 */
    const struct seg_record *rec;
};

/* "NAME: record NUMBER (KEY): text", SEG_EDATA; returns -1. */
int seg_record_location_fail(const struct seg_record_location *at,
    struct seg_err *e, const char *fmt, ...) SEG_PRINTF(3, 4);

/*
 * Adds to the cleared rec the metadata and the tensors in order of their
 * offsets, data NULL.  The tensors' bytes follow each other without a gap.
 */
int seg_header_parse(struct seg_record *rec, const char *text, size_t n,
    const struct seg_record_location *at, struct seg_err *e) SEG_MUST_USE;

/*
 * Fails if seg.key or seg.classes hold control characters: they would reach
 * terminals and make up rows of tables.  Tabs separate the names of classes.
 */
int seg_header_check_names(const struct seg_record *rec,
    const struct seg_record_location *at, struct seg_err *e) SEG_MUST_USE;

/*
 * The header of rec into arena a: padded with spaces to a multiple of 8, *n
 * bytes.  order, rec->ntensors long, says in which order the tensors' bytes
 * must follow.  seg.hash is set to sixteen zeros.
 */
char *seg_header_write(struct seg_arena *a, size_t *n, int *order,
    const struct seg_record *rec, struct seg_err *e) SEG_MUST_USE;

/* Where in a header the sixteen digits of seg.hash stand; NULL: nowhere. */
char *seg_header_digits(char *text, size_t n);

#endif
