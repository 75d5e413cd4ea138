/*
 * A JSON tokenizer: punctuation, strings and whole numbers, from left to right.
 *
 * There is no tree: the caller asks for the token that it expects next.
 * Strings are decoded into memory of the caller; as many bytes as the text are
 * enough for all of its strings.  UTF-8 is checked, escapes and surrogate pairs
 * are decoded, NUL is refused.  Numbers are from 0 to 2^63 - 1.
 */
#ifndef SEG_FORMATS_STREAM_JSON_H
#define SEG_FORMATS_STREAM_JSON_H

#include <stddef.h>

struct seg_json {
    const char *start, *at, *end;
    char *out;       /* the next string is decoded to here */
    const char *bad; /* the error at `at`, or NULL */
};

/* The next byte after blanks, without consuming it; 0 at the end. */
char seg_json_peek(struct seg_json *j);

/* Consumes the punctuation mark; -1 if another byte is next: "{ is missing". */
int seg_json_mark(struct seg_json *j, char mark);

/* 1 if another item of a list or object follows.  0 if the closing mark
   follows; it is consumed.  -1 otherwise.  first: no comma comes before the
   item. */
int seg_json_more(struct seg_json *j, char close, int first);

/* The next string, or NULL. */
const char *seg_json_string(struct seg_json *j);

/* 0 and the next whole number; 1 if the next value is another one; or -1. */
int seg_json_number(struct seg_json *j, size_t *value);

/* 0 if only blanks are left, else -1. */
int seg_json_end(struct seg_json *j);

/* Writes s as a JSON string and returns its bytes, at most 6 strlen(s) + 2; 0
   if s is not UTF-8.  With to NULL they are only counted. */
size_t seg_json_print(char *to, const char *s);

#endif
