#include <stdint.h>
#include <string.h>

#include "lib/base/sanitize.h"

size_t
seg_utf8_bytes(const char *s, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *u = (const unsigned char *)s;
    size_t bytes = *u < 0x80             ? 1
                   : (*u & 0xe0) == 0xc0 ? 2
                   : (*u & 0xf0) == 0xe0 ? 3
                   : (*u & 0xf8) == 0xf0 ? 4
                                         : 0;
    uint32_t c = bytes > 1 ? *u & (0x7fu >> bytes) : *u;

    if (!bytes || bytes > n)
        return 0;
    for (size_t i = 1; i < bytes; i++) {
        if ((u[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (u[i] & 0x3f);
    }
    return c < least[bytes] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)
               ? 0
               : bytes;
}

static int
is_control(const unsigned char *u)
{
    return *u < ' ' || *u == 0x7f ||
           (*u == 0xc2 && u[1] >= 0x80 && u[1] < 0xa0);
}

const char *
seg_find_control(const char *s, const char *allowed)
{
    for (; *s; s++)
        if (is_control((const unsigned char *)s) && !strchr(allowed, *s))
            return s;
    return NULL;
}

char *
seg_sanitize(char *text, const char *allowed)
{
    size_t left = strlen(text), bytes;

    for (char *p = text; left; p += bytes, left -= bytes) {
        bytes = seg_utf8_bytes(p, left);
        int bad =
            !bytes || (is_control((unsigned char *)p) && !strchr(allowed, *p));
        bytes = bytes ? bytes : 1;
        if (bad)
            memset(p, '?', bytes);
    }
    return text;
}
