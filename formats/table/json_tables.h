/*
 * Tables and summaries as JSON (RFC 8259), for other programs.
 *
 * The document is one object with a member for each table, which is named after
 * the title of the first column.  A table is a list of objects, one for each
 * row, whose keys are the titles; a table of two columns is one object, whose
 * keys are the first column.  The first column is text; in the others a field
 * that is a number is a number, "-" is null, and the rest is text.
 */
#ifndef SEG_FORMATS_TABLE_JSON_TABLES_H
#define SEG_FORMATS_TABLE_JSON_TABLES_H

#include "lib/tensor/overview.h"

/* The document and a line end, in memory from a.  The tables in text have an
   empty line between them; text is cut up. */
char *seg_json_tables(
    struct seg_arena *a, char *text, struct seg_err *e) SEG_MUST_USE;

/* The titles of a kind of rows, with tabs between. */
struct seg_json_titles {
    const char *kind, *titles;
};

/*
 * The same for rows whose first field is their kind, as in seg-stat(1):
 * each kind is a list of objects.  Titles are those of the kind in `titles`,
 * which ends with kind NULL, or else those of the last line that begins with #;
 * a kind without titles is its only value.  A name is text, or null for "-".
 */
char *seg_json_kinds(struct seg_arena *a, char *text,
    const struct seg_json_titles *titles, struct seg_err *e) SEG_MUST_USE;

/*
 * The summary of a stream: records, bytes, first and last key; tensor, a list
 * with name, type, smallest and largest shape, and records, the number of those
 * that have it; meta, an object; history, a list of lines.
 */
char *seg_json_overview(struct seg_arena *a, const struct seg_overview *s,
    const char *history, struct seg_err *e) SEG_MUST_USE;

#endif
