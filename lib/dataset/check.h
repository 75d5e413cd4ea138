/*
 * Is a dataset sound?  One pass over its splits, a stream each.
 *
 * Everything that is found goes to the caller, with file, key and, where there
 * is one, pixel and value.  What is remembered of a record is its key and the
 * hashes of key and image: some hundred bytes.
 */
#ifndef SEG_DATASET_CHECK_H
#define SEG_DATASET_CHECK_H

#include "lib/dataset/key_counter.h"
#include "lib/dataset/labelmap.h"
#include "lib/dataset/same_classes.h"

enum seg_check_kind {
    SEG_CHECK_SIZE,  /* image and label are not of one size */
    SEG_CHECK_TYPE,  /* not the type of those before, or not one to learn on */
    SEG_CHECK_BANDS, /* not as many as in those before */
    SEG_CHECK_CLASSES, /* none, or not those of the first record */
    SEG_CHECK_VALUE,   /* a label that is neither a class nor ignored */
    SEG_CHECK_IGNORED, /* no labeled pixel in a label, or a mask's 255 */
    SEG_CHECK_EMPTY,   /* a class that occurs nowhere in a split; no pixels */
    SEG_CHECK_NAN,     /* a pixel that is not finite, and no declared nodata */
    SEG_CHECK_NODATA,  /* no data where a label has a class, or in all pixels;
                          a usual value for no data that is not declared */
    SEG_CHECK_PLACE,   /* the label lies elsewhere than the image */
    SEG_CHECK_EXIF,    /* the image is stored turned */
    SEG_CHECK_KEY,     /* twice in a split */
    SEG_CHECK_TWICE,   /* the image came before, in this or another split */
    SEG_CHECK_RECORDS, /* none in a split */
    SEG_CHECKS
};
extern const char *const seg_check_names[]; /* "size" and so on, NULL behind */

struct seg_finding {
    enum seg_check_kind kind;
    const char *file, *key; /* key NULL: about the whole split */
    int has_pixel;          /* x and y mean something */
    size_t x, y;
    const char *value, *text; /* value NULL: none */
};

struct seg_check {
    /* set by the caller */
    void (*report)(const struct seg_finding *f, void *context);
    void *context;
    unsigned allowed; /* bits of kinds that are not to be told */
    int classes;      /* how many, where the data does not say; 0: unknown */
    /* ours */
    struct seg_arena arena; /* keys, and what the first record was like */
    const char *file;
    uint64_t records, findings, files;
    uint64_t before;                /* records of the splits before this one */
    struct seg_known_classes known; /* of the first record that names them */
    struct seg_tensor pattern;      /* the first image; rank 0: none yet */
    uint64_t pixels[SEG_CLASSES + 1]; /* of each class in this split */
    uint64_t labels;                  /* in this split */
    uint64_t values[256]; /* of its labels that went through no label map */
    struct seg_key_counter keys, images;
    struct seg_check_origin {
        const char *file, *key;
    } * origin; /* of the first of each image */
    size_t origins, room;
};

/* The next split; file lives as long as c. */
void seg_check_begin(struct seg_check *c, const char *file);
int seg_check_record(struct seg_check *c, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;
/* What can be said at the end of a split. */
int seg_check_end(struct seg_check *c, struct seg_err *e) SEG_MUST_USE;

/* For what the caller finds: kind, value and what are f's, file is filled
   in. */
void seg_check_report(struct seg_check *c, struct seg_finding f);

void seg_check_free(struct seg_check *c);

#endif
