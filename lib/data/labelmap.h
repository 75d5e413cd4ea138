/*
 * Label maps: which class a value in a label picture stands for.
 *
 * TSV, # comments: value, id or "ignore", name, colour #rrggbb.  A map is
 * applied once, at import; names, palette and the ignore value then travel in
 * the stream as seg.classes (names, tab-separated, by id), seg.palette
 * (#rrggbb, comma-separated, by id) and seg.ignore (255).  Values outside the
 * map are errors that name file, pixel and value.
 */
#ifndef SEG_DATA_LABELMAP_H
#define SEG_DATA_LABELMAP_H

#include <stdint.h>

#include "lib/tensor/record.h"

enum { SEG_IGNORE = 255, SEG_CLASSES = 255 };

struct seg_labelmap {
    int classes;
    int16_t *to; /* by value, -32768 to 65535: id, SEG_IGNORE, or -1: not in the
                    map */
    const char *name[SEG_CLASSES + 1];
    uint8_t rgb[SEG_CLASSES + 1][3];
};

/*
 * Parses TSV text; path is for messages, which name the line.  Several values
 * may share one id (then with one name and colour); ids must be 0, 1, 2...
 * without a gap; the colour may be missing.  Memory from a.
 */
int seg_labelmap_parse(struct seg_labelmap *m, struct seg_arena *a,
    const char *text, const char *path, struct seg_err *e) SEG_MUST_USE;

/* Maps [H,W] label tensor t (u8, u16 or i16) in place to ids, u8; where is for
   messages: the file's name. */
int seg_labelmap_apply(const struct seg_labelmap *m, struct seg_tensor *t,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/* Sets seg.classes, seg.palette and seg.ignore of a record, which must not have
   classes yet: a map is applied once. */
int seg_labelmap_describe(const struct seg_labelmap *m, struct seg_record *r,
    struct seg_err *e) SEG_MUST_USE;

/*
 * The way back: class ids t, [H,W] u8, become the values they came from, in a:
 * u8, u16 where one of them is above 255, or i16 where one is below 0.  Of several values for one
 * class the lowest is taken; seg_labelmap_ambiguous names the first such class,
 * or -1.
 */
int seg_labelmap_restore(const struct seg_labelmap *m, struct seg_tensor *t,
    struct seg_arena *a, const char *where, struct seg_err *e) SEG_MUST_USE;
int seg_labelmap_ambiguous(const struct seg_labelmap *m);

/* Colours by value instead of id, for values below 256; others are black. */
void seg_labelmap_colours(const struct seg_labelmap *m, uint8_t rgb[256][3]);

/* Reads these back: number of classes (0 if unknown), ignore value, names and
   256 colours in arena a; colours not given come from a fixed cycle, and the
   last one is black. */
struct seg_classes {
    int n, ignore;
    const char **name;
    uint8_t (*rgb)[3];
};
int seg_classes_read(struct seg_classes *c, struct seg_arena *a,
    const struct seg_record *r, struct seg_err *e) SEG_MUST_USE;

/* Fails, naming the first pixel, where t, [H,W] u8, holds something that is
   neither one of c's classes nor its ignore value. */
int seg_classes_check(const struct seg_classes *c, const struct seg_tensor *t,
    const char *where, struct seg_err *e) SEG_MUST_USE;

#endif
