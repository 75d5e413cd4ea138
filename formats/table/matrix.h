/*
 * A confusion matrix as TSV text.
 *
 *   truth    sky  road        names of the classes
 *   sky      123  4           one row for each class: counts by predicted class
 *   road     5    678
 *   ignored  9
 *   images   2                the last line: a shorter file is bad data
 *
 * Counts are whole numbers, so the sum of the matrices of shards is the matrix
 * of all images.
 */
#ifndef SEG_FORMATS_TABLE_MATRIX_H
#define SEG_FORMATS_TABLE_MATRIX_H

#include "lib/label/labelmap.h"
#include "lib/score/confusion.h"

/* The text, in memory from a.  names has c->classes entries. */
char *seg_matrix_text(const struct seg_confusion *c, const char *const *names,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Parses the text; matrix and names are in memory from a.  path is for
   messages. */
int seg_matrix_parse(struct seg_confusion *c, const char *const **names,
    struct seg_arena *a, const char *text, const char *path,
    struct seg_err *e) SEG_MUST_USE;

#endif
