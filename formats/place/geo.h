/*
 * seg.geo: where on earth an image lies, in the words of GeoTIFF.
 *
 * The text has a line for each tag that the file had: a name, a blank, and
 * the value: numbers with commas in the fewest digits that say them exactly, or
 * text in which \n, \\ and \xHH stand for a line's end, a backslash and a byte
 * that is not printable ASCII.
 *
 *     scale     ModelPixelScale      x, y, z
 *     tie       ModelTiepoint        column, row, 0, x, y, z; once or more
 *     matrix    ModelTransformation  16 numbers, row by row
 *     keys      GeoKeyDirectory      as stored
 *     doubles   GeoDoubleParams      as stored
 *     ascii     GeoAsciiParams       text
 *     nodata    GDAL_NODATA          text: a number
 *     metadata  GDAL_METADATA        text: XML
 *
 * The first six say where pixels are and hold for whatever lies on the image's
 * grid; the last two are about its values alone.
 */
#ifndef SEG_FORMATS_PLACE_GEO_H
#define SEG_FORMATS_PLACE_GEO_H

#include <stdint.h>

#include "lib/dataset/sample.h"

enum { SEG_GEO_TAGS = 8 };

/* A tag that only GeoTIFF knows; kind: d double, s u16, a text. */
struct seg_tiff_tag {
    int tag;
    char kind;
    size_t n; /* values; of a text without the 0 */
    const void *value;
};

struct seg_geo {
    int n;
    struct seg_tiff_tag tag[SEG_GEO_TAGS];
};

/* Finds a tag of a page: 1 and its n and value, or 0 if it is not there. */
typedef int seg_geo_find(void *page, struct seg_tiff_tag *tag);

/* Writes the tags that find knows into seg.geo; without any, nothing.  A nodata
   value that is a number also becomes seg.nodata.  path is for messages. */
int seg_geo_read(struct seg_record *rec, seg_geo_find *find, void *page,
    const char *path, struct seg_err *e) SEG_MUST_USE;

/* The tags of a text, in a; where is for messages. */
int seg_geo_parse(struct seg_geo *g, struct seg_arena *a, const char *text,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/* Where the center of pixel (i, j) is: x = m[0] i + m[1] j + m[2], and y of the
   next three.  1, or 0 if the tags are not an affine map. */
int seg_geo_affine(double m[6], const struct seg_geo *g);

/* The EPSG code of the coordinate system, projected or else geographic; 0 where
   the keys have none, or one that the file defines itself. */
int seg_geo_epsg(const struct seg_geo *g);

/* The lines of a text that hold for the grid, in a: for an image of other
   values on it. */
const char *seg_geo_grid(
    struct seg_arena *a, const char *text, struct seg_err *e) SEG_MUST_USE;

/* The same lines with names for the n bands, as GDAL knows them, put into
   metadata; text may be NULL. */
const char *seg_geo_bands(struct seg_arena *a, const char *text,
    const char *const *name, int n, struct seg_err *e) SEG_MUST_USE;

/*
 * A record that was cut out of an image at (x, y), in pixels of that image,
 * and made larger sx and sy times: its seg.geo, if there is one, follows.  Tie
 * points move in the image, not in the world, so that nothing is rounded.
 */
int seg_geo_cut(struct seg_record *rec, double x, double y, double sx,
    double sy, struct seg_err *e) SEG_MUST_USE;

/* The same for a patch of w x h pixels; a mirrored one has no place. */
int seg_geo_window(struct seg_record *rec, const struct seg_window *win, int w,
    int h, struct seg_err *e) SEG_MUST_USE;

#endif
