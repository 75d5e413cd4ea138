/*
 * seg.geo: the georeference of an image, with the tags of GeoTIFF.
 *
 * The text has one line for each tag of the file: name, blank, value.  Numbers
 * are separated by commas and have the fewest digits that restore them exactly.
 * In text \n is a line end, \\ a backslash, and \xHH another byte that is not
 * printable ASCII.
 *
 *     scale     ModelPixelScale      x, y, z
 *     tie       ModelTiepoint        column, row, 0, x, y, z; one or more times
 *     matrix    ModelTransformation  16 numbers, row by row
 *     keys      GeoKeyDirectory      as stored
 *     doubles   GeoDoubleParams      as stored
 *     ascii     GeoAsciiParams       text
 *     nodata    GDAL_NODATA          text: a number
 *     metadata  GDAL_METADATA        text: XML
 *
 * For example "scale 30,30,0" and "tie 0,0,0,399960,4200000,0" are an image
 * with pixels of 30 m.  The first six tags hold for every tensor on the pixel
 * grid of the image; the last two describe the values of the image only.
 */
#ifndef SEG_FORMATS_GEOMETRY_GEO_H
#define SEG_FORMATS_GEOMETRY_GEO_H

#include <stdint.h>

#include "lib/dataset/sample.h"

enum { SEG_GEO_TAGS = 8 };

/* A tag of GeoTIFF or GDAL. */
struct seg_tiff_tag {
    int tag;
    char kind; /* d double, s u16, a text */
    size_t n;  /* number of values; length of a text without its final 0 */
    const void *value;
};

struct seg_geo {
    int n;
    struct seg_tiff_tag tag[SEG_GEO_TAGS];
};

/* Looks up a tag of a page, given its number and kind: 1 and n and value, or 0
   if the page does not have it. */
typedef int seg_geo_find(void *page, struct seg_tiff_tag *tag);

/* Sets seg.geo of rec from the tags of a page, if there are any.  A nodata
   value that is a number also becomes seg.nodata.  path is for messages. */
int seg_geo_read(struct seg_record *rec, seg_geo_find *find, void *page,
    const char *path, struct seg_err *e) SEG_MUST_USE;

/* Parses the text of seg.geo; values are in memory from a.  name is for
   messages. */
int seg_geo_parse(struct seg_geo *g, struct seg_arena *a, const char *text,
    const char *name, struct seg_err *e) SEG_MUST_USE;

/* The center of pixel (i, j) is at x = m[0] i + m[1] j + m[2] and y = m[3] i +
   m[4] j + m[5].  0 if the tags are not an affine map, else 1. */
int seg_geo_affine(double m[6], const struct seg_geo *g);

/* The EPSG code of the projected, else of the geographic coordinate system.  0
   if there is none or the file defines its own. */
int seg_geo_epsg(const struct seg_geo *g);

/* A copy of text, in a, without the tags that describe values: for another
   tensor on the same grid. */
const char *seg_geo_drop_values(
    struct seg_arena *a, const char *text, struct seg_err *e) SEG_MUST_USE;

/* The same with names for n bands in metadata, as GDAL reads them.  text may be
   NULL. */
const char *seg_geo_name_bands(struct seg_arena *a, const char *text,
    const char *const *name, int n, struct seg_err *e) SEG_MUST_USE;

/*
 * Updates seg.geo, if there is one, of a record that was cropped from an image
 * at pixel (x, y) and then enlarged by sx and sy.  Tie points move in raster
 * coordinates, not in the world, so that nothing is rounded.
 */
int seg_geo_crop(struct seg_record *rec, double x, double y, double sx,
    double sy, struct seg_err *e) SEG_MUST_USE;

/* The same for a patch of w x h pixels cut at win; a patch that is mirrored,
   rotated or deformed loses its georeference. */
int seg_geo_window(struct seg_record *rec, const struct seg_window *win, int w,
    int h, struct seg_err *e) SEG_MUST_USE;

#endif
