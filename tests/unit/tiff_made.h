/* TIFF files made byte by byte, valid and damaged ones. */
#ifndef SEG_TESTS_UNIT_TIFF_MADE_H
#define SEG_TESTS_UNIT_TIFF_MADE_H

#include <stdint.h>
#include <string.h>

enum { BYTE = 1, ASCII, SHORT, LONG, DOUBLE = 12, LONG8 = 16 };

struct entry {
    int tag, type;
    uint64_t count;
    uint64_t value; /* or its offset, if it does not fit into the entry */
};

struct made {
    int big; /* byte order MM */
    size_t n;
    uint8_t p[1 << 16];
};

static void __attribute__((unused)) put(struct made *m, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        m->p[m->n++] = (uint8_t)(v >> 8 * (m->big ? bytes - 1 - i : i));
}

/* Header, pixels at 8, then one directory; next: the offset of another. */
static void __attribute__((unused))
make_tiff(struct made *m, int big, const void *pixels, size_t bytes,
    const struct entry *entry, int entries, uint32_t next)
{
    m->big = big;
    m->n = 0;
    put(m, big ? 0x4d4d : 0x4949, 2);
    put(m, 42, 2);
    put(m, (uint32_t)(8 + (bytes + 1) / 2 * 2), 4);
    memcpy(m->p + m->n, pixels, bytes);
    m->n += (bytes + 1) / 2 * 2;
    put(m, (uint64_t)entries, 2);
    for (int i = 0; i < entries; i++) {
        put(m, (uint64_t)entry[i].tag, 2);
        put(m, (uint64_t)entry[i].type, 2);
        put(m, entry[i].count, 4);
        int size = entry[i].type == SHORT                            ? 2
                   : entry[i].type == BYTE || entry[i].type == ASCII ? 1
                                                                     : 4;
        if (entry[i].count == 1) {
            put(m, entry[i].value, size);
            put(m, 0, 4 - size);
        } else {
            put(m, entry[i].value, 4);
        }
    }
    put(m, next, 4);
}

#endif
