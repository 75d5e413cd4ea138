/*
 * The kind of a file, named by its first bytes, so that a refusal can say that
 * "a.bmp" is a BMP image and not that it is damaged.
 *
 * The table knows the formats that segpipe reads as well as the commonest of
 * those that it does not read: images, volumes, archives, models, documents.
 */
#ifndef SEG_FORMATS_STREAM_KIND_H
#define SEG_FORMATS_STREAM_KIND_H

#include <stddef.h>

enum { SEG_KIND_BYTES = 1024 }; /* so many first bytes are enough */

/* "a BMP image", "a Git LFS pointer (the file itself was not downloaded)"; NULL
   if the kind is unknown.  data: the first n bytes, or the whole file. */
const char *seg_kind_name(const void *data, size_t n);

/* The way from that kind to one that seg-import reads: "convert it to PNG
   (magick a.bmp a.png)"; NULL if there is nothing to advise. */
const char *seg_kind_remedy(const void *data, size_t n);

/*
 * Where a stream of records, or a list or a table, is wanted: the name of a
 * file that is of another kind and cannot be one; NULL if it can.  *remedy: how
 * to make a stream of it, or NULL.
 */
const char *seg_kind_not_stream(
    const void *data, size_t n, const char **remedy);
const char *seg_kind_not_text(const void *data, size_t n);

#endif
