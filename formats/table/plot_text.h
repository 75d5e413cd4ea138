/* Text of a table as quoted strings of gnuplot.  A control character, or a byte
   that is not UTF-8, becomes a question mark. */
#ifndef SEG_FORMATS_TABLE_PLOT_TEXT_H
#define SEG_FORMATS_TABLE_PLOT_TEXT_H

#include <stdio.h>

/* The number of characters in text. */
int seg_plot_length(const char *text);

/*
 * Writes 'TEXT' with doubled quotes, and if it is a format with doubled %.  A
 * text of more than `max` characters is shortened with dots in the middle, as
 * names often differ at their end.
 */
void seg_plot_quote(FILE *f, const char *text, int max, int format);

#endif
