/*
 * Text as it may reach a terminal or a line of a table.
 *
 * A control character is one of C0 (below 0x20), DEL or one of C1 (U+0080 to
 * U+009F): it moves the cursor, changes colors or begins a line of its own.
 */
#ifndef SEG_BASE_SANITIZE_H
#define SEG_BASE_SANITIZE_H

#include <stddef.h>

/* Bytes of the character in UTF-8 that n bytes begin with; 0: it is none. */
size_t seg_utf8_bytes(const char *s, size_t n);

/* The first control character of s that is not one of `allowed`; NULL: none. */
const char *seg_find_control(const char *s, const char *allowed);

/* Control characters but those of `allowed`, and bytes that are not UTF-8,
   become "?", in place.  Returns text. */
char *seg_sanitize(char *text, const char *allowed);

#endif
