/*
 * A TSV table whose first line has the titles of the columns.
 *
 * Every row has as many fields as there are titles.  Lines above the titles
 * that begin with "# " are comments.  The text is split in place; fields point
 * into it.
 */
#ifndef SEG_FORMATS_TABLE_TSV_H
#define SEG_FORMATS_TABLE_TSV_H

#include "lib/base/arena.h"

enum { SEG_TSV_COLUMNS = 4096 }; /* the most columns */

struct seg_tsv {
    const char *name;      /* for messages */
    const char *separator; /* seg_text_separator of the titles */
    int line;              /* number of the line of the titles */
    int rows, columns;
    const char **title; /* columns */
    const char **field; /* [rows, columns] */
};

/* The first line of text that is no comment. */
const char *seg_tsv_skip_comments(const char *text);

int seg_tsv_parse(struct seg_tsv *t, struct seg_arena *a, char *text,
    const char *name, struct seg_err *e) SEG_MUST_USE;

/* The index of the column with that title; -1 and e if there is none. */
int seg_tsv_column(
    const struct seg_tsv *t, const char *title, struct seg_err *e) SEG_MUST_USE;

/* The field of row and column, both from 0. */
const char *seg_tsv_field(const struct seg_tsv *t, int row, int column);

#endif
