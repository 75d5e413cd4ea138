/*
 * What the records of a stream have in common: tensors by name with the range
 * of their shapes, metadata on which all agree.
 *
 * Everything is copied into the survey's own arena; records may come and go.
 */
#ifndef SEG_TENSOR_OVERVIEW_H
#define SEG_TENSOR_OVERVIEW_H

#include "lib/tensor/record.h"

/* All tensors of one name, type and rank. */
struct seg_overview_row {
    struct seg_tensor least, most; /* each side at its least and most */
    size_t n;                      /* records that have it */
    int next;                      /* 1 + the next row of that name; 0: none */
};

struct seg_overview {
    struct seg_arena arena;
    struct seg_overview_row *row; /* in order of appearance */
    int rows;
    struct seg_name_index names; /* finds the first row of a name */
    size_t records, bytes;
    const char *first, *last; /* keys; "" where there is none */
    size_t room, last_room;
    struct seg_record meta; /* value seg_overview_varies where they differ */
};

extern const char seg_overview_varies[];

int seg_overview_add(struct seg_overview *s, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;
/* "[180..240,240,3] u8" into text of n bytes; returns text. */
char *seg_overview_describe(
    char *text, size_t n, const struct seg_overview_row *row);

void seg_overview_free(struct seg_overview *s);

#endif
