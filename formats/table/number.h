/* Numbers as text with the fewest digits that restore them, and byte order. */
#ifndef SEG_FORMATS_TABLE_NUMBER_H
#define SEG_FORMATS_TABLE_NUMBER_H

#include <stddef.h>

enum { SEG_NUMBER = 26 }; /* bytes of a number and a comma */

/* Prints v to text; returns the number of characters. */
int seg_number_print(char *text, double v);

/* Reverses the bytes of n samples of `size` bytes each. */
void seg_swap_bytes(void *samples, size_t n, size_t size);

#endif
