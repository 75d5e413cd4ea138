/*
 * Summary of a stream: its tensors by name with the range of their shapes, and
 * the metadata that all records share.
 *
 * Everything is copied into the arena of the summary; the records can be freed.
 */
#ifndef SEG_TENSOR_OVERVIEW_H
#define SEG_TENSOR_OVERVIEW_H

#include "lib/tensor/record.h"

/* All tensors with one name, type and rank. */
struct seg_overview_row {
    struct seg_tensor least, most; /* smallest and largest size on each axis */
    size_t n;                      /* number of records that have it */
    int next; /* 1 + index of the next row of that name; 0: none */
};

struct seg_overview {
    struct seg_arena arena;
    struct seg_overview_row *row; /* in order of first appearance */
    int rows;
    struct seg_name_index names; /* finds the first row of a name */
    size_t records, bytes;
    const char *first, *last; /* keys; "" if a record has none */
    size_t capacity, last_capacity;
    struct seg_record
        /* the value is seg_overview_varies if it differs between records */
        meta;
};

extern const char seg_overview_varies[];

int seg_overview_add(struct seg_overview *s, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;
/* Writes "[180..240,240,3] u8" into text of n bytes; returns text. */
char *seg_overview_describe(
    char *text, size_t n, const struct seg_overview_row *row);

void seg_overview_free(struct seg_overview *s);

#endif
