/*
 * A confusion matrix <-> TSV text.
 *
 *   truth    sky  road        names of the classes
 *   sky      123  4           one row a class: counts by predicted class
 *   road     5    678
 *   ignored  9
 *   images   2                the last line: a shorter file is bad data
 *
 * Counts are whole numbers, so what is written by shards adds up to what one
 * run would have written.
 */
#ifndef SEG_FORMATS_TABLE_MATRIX_H
#define SEG_FORMATS_TABLE_MATRIX_H

#include "lib/dataset/labelmap.h"
#include "lib/score/confusion.h"

/* The text, in a; names has c->classes entries. */
char *seg_matrix_text(const struct seg_confusion *c, const char *const *names,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Reads it back: matrix and names in a.  path is for messages. */
int seg_matrix_parse(struct seg_confusion *c, const char *const **names,
    struct seg_arena *a, const char *text, const char *path,
    struct seg_err *e) SEG_MUST_USE;

#endif
