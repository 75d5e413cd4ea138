/* Numbers as text, in the fewest digits that say them exactly, and as bytes of
   either order. */
#ifndef SEG_FORMATS_TABLE_NUMBER_H
#define SEG_FORMATS_TABLE_NUMBER_H

#include <stddef.h>

enum { SEG_NUMBER = 26 }; /* room for one, with a comma */

/* Into text; returns how many characters. */
int seg_number_print(char *text, double v);

/* n samples of `size` bytes, the other way round. */
void seg_swap_bytes(void *samples, size_t n, size_t size);

#endif
