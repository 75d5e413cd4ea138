/* Tables of numbers and names. */
#ifndef SEG_FORMATS_HTML_TABLE_H
#define SEG_FORMATS_HTML_TABLE_H

#include <stdint.h>
#include <stdio.h>

#include "lib/label/labelmap.h"
#include "lib/score/confusion.h"

/* A field of a table; a number that is not whole is rounded to three digits
   behind the point. */
void seg_html_number(FILE *f, const char *field);

/* The same in <td>; numbers stand right, an undefined "-" too. */
void seg_html_field(FILE *f, const char *field);

/* The same with a bar behind it, as long as the number from 0 to 1. */
void seg_html_bar(FILE *f, const char *field);

/* <td> with the name of a class and its color, if c has a class of that
   name. */
void seg_html_class(FILE *f, const char *name, const struct seg_classes *c);

/* <tr> with titles; numeric: all but the first stand right. */
void seg_html_titles(FILE *f, const char *const *title, int n, int numeric);

/*
 * A confusion matrix: a row for each true class, in percent of its pixels, the
 * darker the more, and below it the largest confusions.  Classes without pixels
 * are left out; of more than SEG_HTML_MATRIX classes only the largest
 * confusions are shown.
 */
enum { SEG_HTML_MATRIX = 60 };
void seg_html_matrix(
    FILE *f, const struct seg_confusion *m, const char *const *names);

#endif
