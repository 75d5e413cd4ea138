/*
 * Text files: are they text, and in which form; cutting them into lines and
 * fields, in place; numbers in them.
 */
#ifndef SEG_BASE_TEXT_H
#define SEG_BASE_TEXT_H

#include <stddef.h>

#include "lib/base/err.h"

/*
 * Readies the n bytes of a file, with a 0 after them, for the functions below.
 * Byte order marks of UTF-8 at the start of a line are taken out: spreadsheets
 * write them, and cat leaves them in the middle.  An error for what cannot be
 * cut into lines: UTF-16, lines that end in CR alone, bytes that are 0.
 */
int seg_text_open(
    char *text, size_t n, const char *name, struct seg_err *e) SEG_MUST_USE;

/*
 * Is s fit to be a key or the name of a class?  Control characters are not, as
 * they reach terminals and make up lines of tables, and neither is what is not
 * UTF-8.  The message begins with what s is: "list.tsv:3: key".
 */
int seg_text_check_name(const char *s, struct seg_err *e, const char *fmt,
    ...) SEG_MUST_USE SEG_PRINTF(3, 4);

/* What separates the words of a line that has no tab, in the plural: "commas",
   "semicolons" or "blanks"; NULL: there is one word only. */
const char *seg_text_separator(const char *line);

/* How many lines seg_text_line finds in the text, or one more. */
size_t seg_text_lines(const char *text);

/* The next line of *text, its end (LF or CR LF) cut off; NULL at the end. */
char *seg_text_line(char **text);

/* The next field of *line, up to a tab; NULL where none is left. */
char *seg_text_field(char **line);

/* The whole number, of digits only, from 0 to max, below 2^27; -1 if it is
   none. */
int seg_text_number(const char *s, int max);

#endif
