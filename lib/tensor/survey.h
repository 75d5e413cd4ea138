/*
 * What the records of a stream have in common: tensors by name with the range
 * of their shapes, metadata on which all agree.
 *
 * Everything is copied into the survey's own arena; records may come and go.
 */
#ifndef SEG_TENSOR_SURVEY_H
#define SEG_TENSOR_SURVEY_H

#include "lib/tensor/record.h"

/* All tensors of one name, type and rank. */
struct seg_survey_row {
    struct seg_tensor least, most; /* each side at its least and most */
    size_t n;                      /* records that have it */
    int next;                      /* 1 + the next row of that name; 0: none */
};

struct seg_survey {
    struct seg_arena arena;
    struct seg_survey_row *row; /* in order of appearance */
    int rows;
    struct seg_name_index names; /* finds the first row of a name */
    size_t records, bytes;
    const char *first, *last; /* keys; "" where there is none */
    size_t room, last_room;
    struct seg_record meta; /* value seg_survey_varies where they differ */
};

extern const char seg_survey_varies[];

int seg_survey_add(struct seg_survey *s, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;
/* "[180..240,240,3] u8" into text of n bytes; returns text. */
char *seg_survey_describe(
    char *text, size_t n, const struct seg_survey_row *row);

void seg_survey_free(struct seg_survey *s);

#endif
