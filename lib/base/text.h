/* Cutting text into lines and fields, in place; numbers in them. */
#ifndef SEG_BASE_TEXT_H
#define SEG_BASE_TEXT_H

/* The next line of *text, its end (LF or CR LF) cut off; NULL at the end. */
char *seg_text_line(char **text);

/* The next field of *line, up to a tab; NULL where none is left. */
char *seg_text_field(char **line);

/* The whole number, of digits only, from 0 to max, below 2^27; -1 if it is none. */
int seg_text_number(const char *s, int max);

#endif
