/*
 * Label maps: from values or colors in a label image to class ids.
 *
 * A label map is a TSV file with # comments and the columns value, id or
 * "ignore", name, color #rrggbb.  For example:
 *
 *   0    0        background   #000000
 *   1    1        road         #804080
 *   255  ignore   void         #ffffff
 *
 * The value can be "-" if only the color is known, or "nodata" for pixels
 * without data, which are ignored if no line names them ("nodata", tab,
 * "ignore" is enough).  A map is applied once, at import.  Names, palette and
 * ignore value then travel in the stream as seg.classes (names by id, separated
 * by tabs), seg.palette (#rrggbb by id, separated by commas) and seg.ignore
 * (255).  Values and colors that are not in the map are errors that name file,
 * pixel, value and number of pixels.
 */
#ifndef SEG_LABEL_LABELMAP_H
#define SEG_LABEL_LABELMAP_H

#include <stdint.h>

#include "lib/image/nodata.h"

enum { SEG_IGNORE = 255, SEG_CLASSES = 255 };
enum { SEG_UNMAPPED = -1, SEG_AMBIGUOUS = -2 };
enum { SEG_VALUE_MIN = INT16_MIN, SEG_VALUE_MAX = UINT16_MAX };
/* Marks pixels without data in a label tensor of i32; no class can have this
   value. */
enum { SEG_LABEL_NODATA = INT32_MIN };

struct seg_labelmap_color {
    /* 0xrrggbb; id SEG_AMBIGUOUS: several classes share the color */
    int rgb, id;
};

struct seg_labelmap {
    int classes;
    int16_t *to; /* by value: id, SEG_IGNORE or SEG_UNMAPPED */
    int nodata;  /* id of pixels without data, or SEG_UNMAPPED */
    int values[SEG_CLASSES + 1]; /* by id: number of lines with a value */
    int value[SEG_CLASSES + 1];  /* by id: the first of these values */
    const char *name[SEG_CLASSES + 1];
    uint8_t rgb[SEG_CLASSES + 1][3];  /* by id: color of its first line */
    struct seg_labelmap_color *color; /* of all lines that have one, sorted */
    int colors;
};

/*
 * Parses the text of a label map; path is for messages, which also name the
 * line.  Several values and colors may share an id, but only with one name; ids
 * must be 0, 1, 2, ... without a gap.  Takes memory from a.
 */
int seg_labelmap_parse(struct seg_labelmap *m, struct seg_arena *a,
    const char *text, const char *path, struct seg_err *e) SEG_MUST_USE;

/*
 * Replaces label tensor t by class ids [H,W] u8, in place.  A tensor [H,W] of
 * u8, u16, i16 or i32 is mapped by value; a tensor [H,W,C] u8 by color, C being
 * 1, 3, or 4 with alpha 255.  A color that is not in the map is replaced by the
 * nearest one that is, if its Euclidean distance is at most near (channels 0 to
 * 255).  The argument nodata is the value that the file declares; if no line of
 * the map has it, the map's "nodata" line decides, and without one the pixel is
 * ignored.  Messages begin with `where`, the name of the file.
 */
int seg_labelmap_apply(const struct seg_labelmap *m, struct seg_tensor *t,
    const struct seg_nodata *nodata, double near, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* For labels without a label map: narrows i32 to the smallest of u8, u16 and
   i16 that holds all values; SEG_LABEL_NODATA becomes 255. */
void seg_label_narrow(struct seg_tensor *t);

/* The id of exactly this color, 0xrrggbb, or SEG_UNMAPPED. */
int seg_labelmap_find(const struct seg_labelmap *m, int rgb);

/*
 * Compares the palette of a label file with a map that has colors.
 *
 * An index of the palette contradicts the map if the map assigns its color to
 * another class than its value.  An index that is ignored, with a color that is
 * not in the map, is not counted.
 *
 * CONTRADICTS: every index in use contradicts, at least two indices of the
 * palette contradict, and no index has the color of its class.  DOUBTFUL: at
 * least one index in use contradicts.  COLORS_ONLY: the map has the colors of
 * all indices in use, but not all of them as values.
 */
enum seg_palette_fit {
    SEG_PALETTE_FITS,
    SEG_PALETTE_COLORS_ONLY,
    SEG_PALETTE_DOUBTFUL,
    SEG_PALETTE_CONTRADICTS
};
/* The first index in use that contradicts or is not a value of the map, its
   color, and the class that has this color in the map. */
struct seg_palette_clash {
    int index, id;
    uint8_t rgb[3];
};
/* t: [H,W] u8 as stored; palette: "#rrggbb" by index, separated by commas. */
enum seg_palette_fit seg_labelmap_palette(struct seg_palette_clash *clash,
    const struct seg_labelmap *m, const struct seg_tensor *t,
    const char *palette);

/* 1 if the map assigns each of its class ids to itself. */
int seg_labelmap_is_identity(const struct seg_labelmap *m);

/* Sets seg.classes, seg.palette and seg.ignore.  Fails if the record has
   classes: a map is applied only once. */
int seg_labelmap_describe(const struct seg_labelmap *m, struct seg_record *r,
    struct seg_err *e) SEG_MUST_USE;

/*
 * The inverse: replaces class ids t [H,W] u8 by the values they came from.  The
 * result, in memory from a, is u8, u16 if a value is above 255, or i16 if one
 * is negative.  If several values have one id (values[id] > 1), the first is
 * used: value[id].
 */
int seg_labelmap_restore(const struct seg_labelmap *m, struct seg_tensor *t,
    struct seg_arena *a, const char *where, struct seg_err *e) SEG_MUST_USE;

/* rgb[v] = color of the class of value v < 256; black if v is not in the
   map. */
void seg_labelmap_colors(const struct seg_labelmap *m, uint8_t rgb[256][3]);

/* The three keys, then NULL. */
extern const char *const seg_classes_keys[];
/* Classes read from the three keys: number of classes n (0: unknown), ignore
   value, names, and 256 colors, all in memory from a.  Colors that are not
   given come from seg_color_cycle; the last one is black. */
struct seg_classes {
    int n, ignore;
    const char **name;
    uint8_t (*rgb)[3];
};
int seg_classes_read(struct seg_classes *c, struct seg_arena *a,
    const struct seg_record *r, struct seg_err *e) SEG_MUST_USE;

/* Fails unless t is [H,W] u8, the form of class ids. */
int seg_classes_shape(const struct seg_tensor *t, const char *where,
    struct seg_err *e) SEG_MUST_USE;
/* Fails if t [H,W] u8 holds a value that is neither a class of c nor its ignore
   value; the message names the first such pixel.  A tensor "pred" may also hold
   255: the image has no data there. */
int seg_classes_check(const struct seg_classes *c, const struct seg_tensor *t,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/* 1 if these counts of label values are those of a mask, which has only 0 and
   255. */
int seg_labels_binary(const uint64_t count[256]);

/* Parses "#rrggbb" of n characters; -1 if it is not a color. */
int seg_color_parse(uint8_t rgb[3], const char *s, size_t n) SEG_MUST_USE;
/* A default color for class id, different for each of the 255 ids; the first 64
   are at least 0.045 apart in OKLab. */
void seg_color_cycle(uint8_t rgb[3], int id);

#endif
