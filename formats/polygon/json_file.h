/* Files of polygons that are JSON. */
#ifndef SEG_FORMATS_POLYGON_JSON_FILE_H
#define SEG_FORMATS_POLYGON_JSON_FILE_H

#include <stddef.h>

#include "lib/base/err.h"

struct json_t; /* of the library jansson */

/* Reads and parses the file at path, of up to max_bytes (0: 256 MiB); the
   parser needs up to 30 times as much memory.  NULL on failure. */
struct json_t *seg_json_file_read(
    const char *path, size_t max_bytes, struct seg_err *e) SEG_MUST_USE;

/* Two numbers up to 1000000 at list[i] and list[i + 1]; -1 if they are not. */
int seg_json_point(double xy[2], const struct json_t *list, size_t i);

#endif
