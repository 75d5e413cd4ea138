/* Text in files of polygons that are JSON. */
#ifndef SEG_FORMATS_POLYGON_JSON_TEXT_H
#define SEG_FORMATS_POLYGON_JSON_TEXT_H

#include <stdio.h>

/* Writes s, of UTF-8, as a JSON string.  Write errors are left to the caller
   (ferror). */
void seg_json_text(FILE *f, const char *s);

#endif
