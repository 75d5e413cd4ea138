/* Patches of seg-sample around objects: one object of a label image in each,
   with its mask as the last channel of the image. */
#ifndef SEG_CMD_SAMPLE_OBJECTS_H
#define SEG_CMD_SAMPLE_OBJECTS_H

#include "cmd/sample/intensities.h"
#include "formats/stream/stream.h"
#include "lib/dataset/object.h"
#include "lib/dataset/sample.h"

/* Set by the caller. */
struct cli_object_options {
    enum seg_object_kind kind;
    const char *tensor; /* the label image with the objects */
    const char *class;  /* name or number of the only class; NULL: all */
    /* around the object, as a share of its longer side, on each side */
    double margin;
    int no_mask;      /* the image has no channel with the mask */
    int keep_classes; /* the label is not made binary */
    int views;
};

struct cli_objects {
    struct seg_reader *in;
    struct cli_object_options opts;
    struct cli_object {
        int item, number; /* record of the input, object in it */
    } * list;
    size_t n, capacity;
    int *order, records; /* see seg_sample_item */
    uint64_t epoch;
};

/* Finds the objects of all records.  Exits if a record has no label image, or
   if two have different classes.  Memory from a. */
void cli_objects_start(struct cli_objects *q, struct seg_reader *in,
    const struct cli_object_options *o, struct seg_arena *a);

/* Writes a patch of each object that s accepts, in the order of the input. */
void cli_objects_put(struct seg_writer *w, const struct cli_objects *q,
    struct cli_intensities *whole, const struct seg_sample *s);

/* Fills out with patch number `draw` of epochs that have each object once, in
   random order.  An object without suitable patch is replaced by the next one,
   with a warning.  Exits if there is none. */
void cli_objects_draw(struct seg_record *out, struct cli_objects *q,
    struct cli_intensities *whole, const struct seg_sample *s, uint64_t draw);

#endif
