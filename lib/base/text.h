/*
 * Text files: check the encoding; split into lines and fields in place; parse
 * numbers.
 */
#ifndef SEG_BASE_TEXT_H
#define SEG_BASE_TEXT_H

#include <stddef.h>

#include "lib/base/err.h"

/*
 * Prepares the n bytes of a file, followed by a 0, for the functions below.
 * Removes UTF-8 byte order marks at the start of lines: spreadsheets write
 * them, and cat leaves them in the middle of a file.  Fails for text that
 * cannot be split into lines: UTF-16, lines that end in CR alone, bytes that
 * are 0.
 */
int seg_text_open(
    char *text, size_t n, const char *name, struct seg_err *e) SEG_MUST_USE;

/*
 * Fails unless s can be a key or the name of a class: valid UTF-8 without
 * control characters, which would reach terminals and break lines of tables.
 * fmt and its arguments describe s at the start of the message, for example
 * "list.tsv:3: key".
 */
int seg_text_check_name(const char *s, struct seg_err *e, const char *fmt,
    ...) SEG_MUST_USE SEG_PRINTF(3, 4);

/* The separator of a line that has no tab, in the plural: "commas",
   "semicolons" or "blanks".  NULL if the line has a tab or only one word. */
const char *seg_text_separator(const char *line);

/* How often c occurs in s. */
size_t seg_text_count(const char *s, char c);

/* The number of lines that seg_text_line finds, or one more. */
size_t seg_text_lines(const char *text);

/* The next line of *text without its line end (LF or CR LF); NULL at the
   end. */
char *seg_text_line(char **text);

/* The next field of *line, up to a tab; NULL if none is left. */
char *seg_text_field(char **line);

/* The whole number s, digits only, from 0 to max < 2^27; -1 if s is not one. */
int seg_text_number(const char *s, int max);

/* The number s, as strtod reads it, all of it; NAN if s is not one. */
double seg_text_real(const char *s);

#endif
