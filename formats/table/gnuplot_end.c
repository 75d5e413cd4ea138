#include <string.h>

#include "formats/table/gnuplot.h"

static size_t
big_endian(const unsigned char *p)
{
    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

/* A chunk is length, name, bytes, checksum; IEND is the last one. */
static int
png_complete(const char *bytes, size_t n)
{
    size_t at = 8, size;

    if (n < 8 || memcmp(bytes, "\x89PNG\r\n\x1a\n", 8))
        return 0;
    for (; n - at >= 12; at += size) {
        size = 12 + big_endian((const unsigned char *)bytes + at);
        if (size > n - at)
            return 0;
        if (!memcmp(bytes + at + 4, "IEND\xae\x42\x60\x82", 8))
            return at + size == n;
    }
    return 0;
}

int
seg_gnuplot_complete(const char *bytes, size_t n, int svg)
{
    static const char start[] = "<?xml", end[] = "</svg>";

    if (!svg)
        return png_complete(bytes, n);
    while (n && strchr(" \r\n", bytes[n - 1]))
        n--;
    return n > sizeof start + sizeof end &&
           !memcmp(bytes, start, sizeof start - 1) &&
           !memcmp(bytes + n - (sizeof end - 1), end, sizeof end - 1);
}
