/*
 * Checks a dataset for problems, in one pass over its splits (one stream each).
 *
 * Every finding is reported to the caller with file and key and, if it concerns
 * one, the pixel and its value.  Memory per record is its key and the hashes of
 * key and image, about a hundred bytes.
 */
#ifndef SEG_DATASET_CHECK_H
#define SEG_DATASET_CHECK_H

#include "lib/dataset/key_counter.h"
#include "lib/label/labelmap.h"
#include "lib/label/same_classes.h"

enum seg_check_kind {
    SEG_CHECK_SIZE, /* image and label differ in size */
    /* type differs from the first image, or cannot be used for training */
    SEG_CHECK_TYPE,
    SEG_CHECK_BANDS,   /* number of bands differs from the first image */
    SEG_CHECK_CLASSES, /* no classes, or not those of the first record */
    SEG_CHECK_VALUE,   /* a label value that is neither a class nor ignored */
    /* a label without labeled pixels, or a mask in which 255 is ignored */
    SEG_CHECK_IGNORED,
    /* a class that occurs nowhere in a split; an image without pixels */
    SEG_CHECK_EMPTY,
    SEG_CHECK_NAN, /* a pixel that is not finite, without declared nodata */
    /* a class at a pixel without data, or no data at all; a usual nodata
       value that is not declared */
    SEG_CHECK_NODATA,
    SEG_CHECK_PLACE,   /* image and label have different positions on earth */
    SEG_CHECK_EXIF,    /* the image is stored rotated or mirrored */
    SEG_CHECK_KEY,     /* a key that occurs twice in a split */
    SEG_CHECK_TWICE,   /* an image that occurs twice, in one split or in two */
    SEG_CHECK_RECORDS, /* a split without records */
    SEG_CHECKS
};
extern const char *const seg_check_names[]; /* "size", ..., then NULL */

struct seg_finding {
    enum seg_check_kind kind;
    const char *file, *key; /* key NULL: concerns the whole split */
    int has_pixel;          /* x and y are valid */
    size_t x, y;
    const char *value, *text; /* value NULL: none */
};

struct seg_check {
    /* set by the caller */
    void (*report)(const struct seg_finding *f, void *context);
    void *context;
    unsigned allowed; /* bits of kinds that are not reported */
    /* number of classes, if the data does not name them; 0: unknown */
    int classes;
    /* internal */
    struct seg_arena arena; /* keys, and facts about the first record */
    const char *file;
    uint64_t records, findings, files;
    uint64_t earlier; /* records of the previous splits */
    /* of the first record that names its classes */
    struct seg_known_classes known;
    struct seg_tensor first;          /* the first image; rank 0: none yet */
    uint64_t pixels[SEG_CLASSES + 1]; /* by class, in this split */
    uint64_t labels;                  /* in this split */
    /* of its labels that did not go through a label map */
    uint64_t values[256];
    struct seg_key_counter keys, images;
    struct seg_check_origin {
        const char *file, *key;
    } * origin; /* key and file of the first copy of each image */
    size_t origins, capacity;
};

/* Starts a split.  The string file must outlive c. */
void seg_check_begin(struct seg_check *c, const char *file);
int seg_check_record(struct seg_check *c, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;
/* Ends a split: reports problems of the split as a whole. */
int seg_check_end(struct seg_check *c, struct seg_err *e) SEG_MUST_USE;

/* Reports a finding of the caller; the member file is filled in. */
void seg_check_report(struct seg_check *c, struct seg_finding f);

void seg_check_free(struct seg_check *c);

#endif
