/*
 * Words of a table as gnuplot is given them: quoted, and shown as written.
 *
 * A control character, or a byte that is no UTF-8, is one character, shown as
 * a question mark.
 */
#ifndef SEG_FORMATS_TABLE_PLOT_TEXT_H
#define SEG_FORMATS_TABLE_PLOT_TEXT_H

#include <stdio.h>

/* The number of characters. */
int seg_plot_length(const char *text);

/*
 * 'TEXT' with quotes doubled, as gnuplot wants it, and the sign % as well where
 * the text is a format.  A text of more than `most` characters has dots in the
 * middle: names often differ at their end.
 */
void seg_plot_quote(FILE *f, const char *text, int most, int format);

#endif
