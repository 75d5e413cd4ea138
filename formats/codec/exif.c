#include <stdio.h>
#include <string.h>

#include "formats/codec/exif.h"

static uint32_t
number(const uint8_t *p, int bytes, int big)
{
    uint32_t v = 0;

    for (int i = 0; i < bytes; i++)
        v |= (uint32_t)p[i] << 8 * (big ? bytes - 1 - i : i);
    return v;
}

int
seg_exif_orientation(const uint8_t *p, size_t n)
{
    enum { ENTRY = 12, ORIENTATION = 0x112, SHORT = 3 };

    if (n < 8 || (memcmp(p, "II*\0", 4) && memcmp(p, "MM\0*", 4)))
        return 0;
    int big = p[0] == 'M';
    size_t at = number(p + 4, 4, big);
    if (at > n - 2)
        return 0;
    size_t entries = number(p + at, 2, big);
    at += 2;
    for (; entries && at + ENTRY <= n; entries--, at += ENTRY)
        if (number(p + at, 2, big) == ORIENTATION &&
            number(p + at + 2, 2, big) == SHORT) {
            uint32_t v = number(p + at + 8, 2, big);
            return v >= 1 && v <= 8 ? (int)v : 0;
        }
    return 0;
}

int
seg_exif_set(struct seg_record *rec, int orientation, struct seg_err *e)
{
    char text[32];

    snprintf(text, sizeof text, "orientation=%d", orientation);
    return seg_record_set(rec, "seg.exif", text, e);
}

int
seg_exif_note(
    struct seg_record *rec, const uint8_t *block, size_t n, struct seg_err *e)
{
    int orientation = seg_exif_orientation(block, n);

    return orientation < 2 ? 0 : seg_exif_set(rec, orientation, e);
}
