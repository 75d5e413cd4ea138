/*
 * A TIFF directory read byte by byte, in addition to libtiff.
 *
 * libtiff does not return the number of values of an entry, which decides if an
 * array of offsets is complete, and it drops tags that it does not know.
 */
#ifndef SEG_FORMATS_TIFF_TIFF_DIRECTORY_H
#define SEG_FORMATS_TIFF_TIFF_DIRECTORY_H

#include <stddef.h>
#include <stdint.h>

/* Reads up to n bytes at offset `at`; returns how many were read. */
typedef size_t (*seg_tiff_read_at)(void *file, uint64_t at, void *to, size_t n);

struct seg_tiff_header {
    int big_endian;
    int big_tiff; /* offsets of 64 bits */
};

struct seg_tiff_header seg_tiff_read_header(seg_tiff_read_at read, void *file);

/* An unsigned number of `bytes` bytes in the byte order of the file. */
uint64_t seg_tiff_number(
    const uint8_t *p, int bytes, const struct seg_tiff_header *header);

struct seg_tiff_entry {
    int type;
    uint64_t count; /* of values */
    uint64_t at;    /* offset of the first value in the file */
};

/* Finds the first entry of a tag in the directory at offset dir; 0 if there is
   none, else 1. */
int seg_tiff_find_entry(struct seg_tiff_entry *entry, seg_tiff_read_at read,
    void *file, uint64_t dir, int tag);

/* Number of offsets of strips or tiles in a directory. */
uint64_t seg_tiff_count_offsets(
    seg_tiff_read_at read, void *file, uint64_t dir);

/* The last value of ExtraSamples if it is alpha (1 or 2), else 0. */
int seg_tiff_alpha(seg_tiff_read_at read, void *file, uint64_t dir);

/*
 * The number of images that a directory declares.  Some programs write several
 * images one after the other and describe only the first:
 *
 *   ImageJ      ImageDescription "images=5"
 *   tifffile    ImageDescription {"shape": [5, 20, 30]}, images of 20 x 30
 *   MetaMorph   the number of values of UIC2Tag
 */
struct seg_tiff_declared {
    uint64_t images;  /* 1: nothing is declared */
    int alone;        /* "truncated": no further directory belongs to it */
    const char *from; /* the tag, for messages */
};

/* The sides of one image. */
struct seg_tiff_sides {
    size_t h, w, c;
};

void seg_tiff_find_declared(struct seg_tiff_declared *d, seg_tiff_read_at read,
    void *file, uint64_t dir, const struct seg_tiff_sides *sides);

#endif
