/*
 * The directory of a zip archive in memory: the names of its members, and the
 * bytes of those that are stored without compression, as PyTorch writes them.
 * Zip64 is supported.  All offsets and sizes in the directory are checked
 * against the size of the archive.
 */
#ifndef SEG_FORMATS_WEIGHTS_ZIP_H
#define SEG_FORMATS_WEIGHTS_ZIP_H

#include <stdint.h>

#include "lib/tensor/names.h"

struct seg_zip_member {
    const char *name; /* first, for the index of names */
    int stored;       /* 0: compressed, and not read */
    const char *data; /* in the archive; NULL if not stored */
    size_t bytes;
    uint32_t sum; /* CRC-32 of the bytes, from the directory */
};

struct seg_zip {
    struct seg_zip_member *member;
    size_t n;
    struct seg_name_index names;
};

/* Reads the directory.  The list is in memory from the arena; members point
   into the archive.  file is for messages. */
int seg_zip_open(struct seg_zip *z, struct seg_arena *a, const char *bytes,
    size_t n, const char *file, struct seg_err *e) SEG_MUST_USE;

/* NULL if there is no member of that name. */
const struct seg_zip_member *seg_zip_find(
    const struct seg_zip *z, const char *name);

#endif
