#include <stdio.h>
#include <stdlib.h>

#include "formats/number.h"

int
seg_number_print(char *text, double v)
{
    int n = 0;

    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(text, SEG_NUMBER, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    return n;
}

void
seg_swap_bytes(void *samples, size_t n, size_t size)
{
    char *p = samples;

    for (; size > 1 && n; n--, p += size)
        for (size_t i = 0; i < size / 2; i++) {
            char c = p[i];

            p[i] = p[size - 1 - i];
            p[size - 1 - i] = c;
        }
}
