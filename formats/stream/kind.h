/*
 * The kind of a file by its first bytes, for messages: "a.bmp" is refused as a
 * BMP image, not as a damaged file.
 *
 * The table has the formats that segpipe reads and the most common ones that it
 * does not read: images, volumes, archives, models, documents.
 */
#ifndef SEG_FORMATS_STREAM_KIND_H
#define SEG_FORMATS_STREAM_KIND_H

#include <stddef.h>

enum { SEG_KIND_BYTES = 1024 }; /* these first bytes are enough */

/* "a BMP image", "a Git LFS pointer (the file itself was not downloaded)"; NULL
   if the kind is unknown.  data: the first n bytes, or the whole file. */
const char *seg_kind_name(const void *data, size_t n);

/* Advice how to convert a file of that kind for seg-import: "convert it to PNG
   (magick a.bmp a.png)"; NULL if there is none. */
const char *seg_kind_remedy(const void *data, size_t n);

/*
 * For programs that expect a stream of records, or text (a list or a table):
 * the kind of a file that cannot be one; NULL if it can.  *remedy: advice how
 * to make a stream of it, or NULL.
 */
const char *seg_kind_not_stream(
    const void *data, size_t n, const char **remedy);
const char *seg_kind_not_text(const void *data, size_t n);

#endif
