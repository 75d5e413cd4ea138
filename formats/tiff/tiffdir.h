/*
 * The directory of a TIFF as it is stored, beside libtiff's view of it.
 *
 * libtiff does not say how many values an entry has, which decides whether an
 * array of offsets is complete, and it keeps no tag that it does not know.
 */
#ifndef SEG_FORMATS_TIFF_TIFFDIR_H
#define SEG_FORMATS_TIFF_TIFFDIR_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a file, n from at on; returns how many there were. */
typedef size_t (*seg_tiff_bytes)(void *file, uint64_t at, void *to, size_t n);

/* How the numbers of a file are stored. */
struct seg_tiff_numbers {
    int big_endian;
    int wide; /* BigTIFF */
};

struct seg_tiff_numbers seg_tiffdir_form(seg_tiff_bytes read, void *file);
uint64_t seg_tiffdir_number(
    const uint8_t *p, int bytes, const struct seg_tiff_numbers *form);

struct seg_tiff_entry {
    int type;
    uint64_t count; /* of values */
    uint64_t at;    /* of the first value in the file */
};

/* The first entry of a tag in the directory at dir: 1, or 0 if there is
   none. */
int seg_tiffdir_find(struct seg_tiff_entry *entry, seg_tiff_bytes read,
    void *file, uint64_t dir, int tag);

/* Offsets of strips or tiles that the directory has. */
uint64_t seg_tiffdir_offsets(seg_tiff_bytes read, void *file, uint64_t dir);

/* The last value of ExtraSamples: 1 and 2 are alpha; 0 if there is none. */
int seg_tiffdir_alpha(seg_tiff_bytes read, void *file, uint64_t dir);

/*
 * Some files store several images and describe the first alone: the others
 * follow it without a gap.  How many there are is said by the ImageDescription
 * of ImageJ ("images=5") and of tifffile ({"shape": [5, 20, 30]}, where an
 * image has 20 x 30 samples), or by the number of planes of a MetaMorph stack
 * (UIC2Tag).
 */
struct seg_tiff_promise {
    uint64_t images;  /* 1: nothing is promised */
    int alone;        /* no further directory belongs to it, and it says so */
    const char *from; /* the tag, for messages */
};

/* Of one image. */
struct seg_tiff_sides {
    size_t h, w, c;
};

void seg_tiffdir_promise(struct seg_tiff_promise *p, seg_tiff_bytes read,
    void *file, uint64_t dir, const struct seg_tiff_sides *sides);

#endif
