/*
 * TSV tables as JSON (RFC 8259), for programs that do not read TSV.
 *
 * The document is one object with a member for each table, which is named after
 * the title of the first column.  A table is a list of objects, one for each
 * row, whose keys are the titles; a table of two columns is one object, whose
 * keys are the first column.  The first column is text; in the others a field
 * that is a number is a number, "-" is null, and the rest is text.
 */
#ifndef SEG_FORMATS_TABLE_JSON_TABLES_H
#define SEG_FORMATS_TABLE_JSON_TABLES_H

#include "lib/base/arena.h"

/* The document and a line end, in memory from a.  The tables in text have an
   empty line between them; text is cut up. */
char *seg_json_tables(
    struct seg_arena *a, char *text, struct seg_err *e) SEG_MUST_USE;

#endif
