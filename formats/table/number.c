#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/table/number.h"

int
seg_number_print(char *text, double v)
{
    char digits[SEG_NUMBER];
    int n = 0;

    for (int max = 15; max <= 17; max++) {
        n = snprintf(digits, sizeof digits, "%.*g", max, v);
        if (strtod(digits, NULL) == v)
            break;
    }
    memcpy(text, digits, (size_t)n + 1);
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
