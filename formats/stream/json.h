/*
 * The marks, strings and whole numbers of JSON, read from left to right.
 *
 * There is no tree: the reader of a header asks for the mark or the value that
 * it expects next.  A string is decoded into room that the caller has made: as
 * many bytes as the text has are enough for all its strings.  UTF-8 is checked,
 * escapes and surrogate pairs are resolved, NUL is refused.  Numbers reach from
 * 0 to 2^63 - 1.
 */
#ifndef SEG_FORMATS_STREAM_JSON_H
#define SEG_FORMATS_STREAM_JSON_H

#include <stddef.h>

struct seg_json {
    const char *start, *at, *end;
    char *room;      /* the next string is decoded to here */
    const char *bad; /* what is wrong at `at`; NULL: nothing */
};

/* The next byte after blanks, which stays; 0 at the end of the text. */
char seg_json_peek(struct seg_json *j);

/* 0 if mark is next, and passed over; or -1: "{ is missing". */
int seg_json_mark(struct seg_json *j, char mark);

/* 1 if another item of a list or object follows, 0 if close does and is passed
   over; or -1.  first: there is no comma before the item. */
int seg_json_more(struct seg_json *j, char close, int first);

/* The string that is next; or NULL. */
const char *seg_json_string(struct seg_json *j);

/* 0 and the whole number that is next; 1 if another value is; or -1. */
int seg_json_number(struct seg_json *j, size_t *value);

/* 0 if nothing but blanks is left; or -1. */
int seg_json_end(struct seg_json *j);

/* s as a JSON string into to, of six bytes for each of s and two more; or only
   counted where to is NULL.  Returns the bytes; 0: s is not UTF-8. */
size_t seg_json_print(char *to, const char *s);

#endif
