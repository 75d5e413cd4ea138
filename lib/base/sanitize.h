/*
 * Text that is safe to print to a terminal or into a line of a table.
 *
 * A control character is one of C0 (below 0x20), DEL or one of C1 (U+0080 to
 * U+009F): it can move the cursor, change colors or start a new line.
 */
#ifndef SEG_BASE_SANITIZE_H
#define SEG_BASE_SANITIZE_H

#include <stddef.h>

/* Length in bytes of the UTF-8 character at s, of which n bytes may be read; 0
   if it is not valid UTF-8. */
size_t seg_utf8_bytes(const char *s, size_t n);

/* The first control character in s that is not in `allowed`, or NULL. */
const char *seg_find_control(const char *s, const char *allowed);

/* Replaces control characters that are not in `allowed`, and bytes that are not
   UTF-8, by "?" in place.  Returns text. */
char *seg_sanitize(char *text, const char *allowed);

#endif
