/*
 * Label maps: which class a value or a color in a label image stands for.
 *
 * TSV, # comments: value, id or "ignore", name, color #rrggbb.  The value may
 * be "-" where there is only a color, or "nodata" for pixels without data,
 * which are ignored where no line names them: "nodata", tab, "ignore" is
 * enough.  A map is applied once, at import; names, palette and the ignore
 * value then travel in the stream as seg.classes (names, tab-separated, by id),
 * seg.palette (#rrggbb, comma-separated, by id) and seg.ignore (255).  Values
 * and colors outside the map are errors that name file, pixel, value and how
 * often they occur.
 */
#ifndef SEG_DATASET_LABELMAP_H
#define SEG_DATASET_LABELMAP_H

#include <stdint.h>

#include "lib/image/nodata.h"

enum { SEG_IGNORE = 255, SEG_CLASSES = 255 };
enum { SEG_UNMAPPED = -1, SEG_AMBIGUOUS = -2 };
enum { SEG_VALUE_MIN = INT16_MIN, SEG_VALUE_MAX = UINT16_MAX };
/* In a label tensor of i32: no data, by a value that no class can have. */
enum { SEG_LABEL_NODATA = INT32_MIN };

struct seg_labelmap_color {
    int rgb, id; /* 0xrrggbb; SEG_AMBIGUOUS: several classes have it */
};

struct seg_labelmap {
    int classes;
    int16_t *to; /* by value: id, SEG_IGNORE or SEG_UNMAPPED */
    int nodata;  /* id of pixels without data, or SEG_UNMAPPED */
    int values[SEG_CLASSES + 1]; /* by id: so many lines have a value, */
    int value[SEG_CLASSES + 1];  /* the first of them this one */
    const char *name[SEG_CLASSES + 1];
    uint8_t rgb[SEG_CLASSES + 1][3];  /* of the first line */
    struct seg_labelmap_color *color; /* of all lines that have one, sorted */
    int colors;
};

/*
 * Parses TSV text; path is for messages, which name the line.  Several values
 * and colors may share one id (then with one name); ids must be 0, 1, 2...
 * without a gap; the color may be missing.  Memory from a.
 */
int seg_labelmap_parse(struct seg_labelmap *m, struct seg_arena *a,
    const char *text, const char *path, struct seg_err *e) SEG_MUST_USE;

/*
 * Maps label tensor t in place to ids, [H,W] u8: by value if it is [H,W] of u8,
 * u16, i16 or i32, by color if it is [H,W,C] u8, C being 1, 3, or 4 with an
 * alpha of 255.  A color that is not in the map stands for the nearest that
 * is, if that is not further than near away (Euclidean, in steps of 255 a
 * channel).  nodata is the value that the file declares: where no line has it,
 * it is the map's "nodata", or else ignored.  where is for messages: the file's
 * name.
 */
int seg_labelmap_apply(const struct seg_labelmap *m, struct seg_tensor *t,
    const struct seg_nodata *nodata, double near, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* Without a map values stay: a label of i32, which has pixels without data,
   becomes u8, u16 or i16, and these pixels 255. */
void seg_label_narrow(struct seg_tensor *t);

/* The id of exactly that color, 0xrrggbb; SEG_UNMAPPED: of none. */
int seg_labelmap_find(const struct seg_labelmap *m, int rgb);

/*
 * A palette against a map that has colors.  An index contradicts where the map
 * gives its color to another class than its value.  CONTRADICTS: all indices in
 * use do, and a second one of the palette, and none has the color of its class;
 * DOUBTFUL: at least one index in use does.  A color that is not in the map
 * says nothing of an index that is ignored.  COLORS_ONLY: the map has the
 * colors of all indices in use, and not all of these as values.
 */
enum seg_palette_fit {
    SEG_PALETTE_FITS,
    SEG_PALETTE_COLORS_ONLY,
    SEG_PALETTE_DOUBTFUL,
    SEG_PALETTE_CONTRADICTS
};
/* The first index in use that contradicts or is no value of the map, its color,
   and the map's class of that color. */
struct seg_palette_clash {
    int index, id;
    uint8_t rgb[3];
};
/* t is [H,W] u8 as stored; palette: "#rrggbb" by index, with commas. */
enum seg_palette_fit seg_labelmap_palette(struct seg_palette_clash *clash,
    const struct seg_labelmap *m, const struct seg_tensor *t,
    const char *palette);

/* Does the map take class ids, of its own classes, to themselves? */
int seg_labelmap_is_identity(const struct seg_labelmap *m);

/* Sets seg.classes, seg.palette and seg.ignore of a record, which must not have
   classes yet: a map is applied once. */
int seg_labelmap_describe(const struct seg_labelmap *m, struct seg_record *r,
    struct seg_err *e) SEG_MUST_USE;

/*
 * The way back: class ids t, [H,W] u8, become the values they came from, in a:
 * u8, u16 where one of them is above 255, or i16 where one is below 0.  Of
 * several values for one class (values[id] > 1) it is the first, value[id].
 */
int seg_labelmap_restore(const struct seg_labelmap *m, struct seg_tensor *t,
    struct seg_arena *a, const char *where, struct seg_err *e) SEG_MUST_USE;

/* Colors by value instead of id, for values below 256; others are black. */
void seg_labelmap_colors(const struct seg_labelmap *m, uint8_t rgb[256][3]);

/* The three keys, NULL behind. */
extern const char *const seg_classes_keys[];
/* Reads these back: number of classes (0 if unknown), ignore value, names and
   256 colors in arena a; colors not given are those of seg_color_cycle, and the
   last one is black. */
struct seg_classes {
    int n, ignore;
    const char **name;
    uint8_t (*rgb)[3];
};
int seg_classes_read(struct seg_classes *c, struct seg_arena *a,
    const struct seg_record *r, struct seg_err *e) SEG_MUST_USE;

/* Fails where t is not [H,W] u8, as class ids are. */
int seg_classes_shape(const struct seg_tensor *t, const char *where,
    struct seg_err *e) SEG_MUST_USE;
/* Fails, naming the first pixel, where t, [H,W] u8, holds something that is
   neither one of c's classes nor its ignore value; a pred may hold 255, which
   says that the image has no data there. */
int seg_classes_check(const struct seg_classes *c, const struct seg_tensor *t,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/* Are these counts of label values those of a mask, of 0 and 255 alone? */
int seg_labels_binary(const uint64_t count[256]);

/* "#rrggbb", of n characters; -1 if it is none. */
int seg_color_parse(uint8_t rgb[3], const char *s, size_t n) SEG_MUST_USE;
/* A color for a class that comes without, a different one for each of the 255
   ids; the first 64 are at least 0.045 apart in OKLab. */
void seg_color_cycle(uint8_t rgb[3], int id);

#endif
