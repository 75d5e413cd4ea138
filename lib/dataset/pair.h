/*
 * Manifests of two sets of files: images and label images, paired by their keys
 * (lib/dataset/pattern.h).
 */
#ifndef SEG_DATASET_PAIR_H
#define SEG_DATASET_PAIR_H

#include "lib/dataset/manifest.h"

struct seg_pairing {
    const char *images; /* a pattern or a directory */
    const char *labels; /* NULL: none */
    int labeled;        /* leave out images without label */
    const struct seg_suffixes *suffixes, *label_suffixes;
};

/*
 * Pairs each image with the label image of the same key.  Items are sorted by
 * key.  An image without label is an error, unless p->labeled is set; so are a
 * label without image, two files of one key, and no item at all.
 */
int seg_manifest_pair(struct seg_manifest *m, struct seg_arena *a,
    const struct seg_pairing *p, struct seg_err *e) SEG_MUST_USE;

/* The same for the keys in text only, one a line, in that order.  path is the
   file of text, for messages. */
int seg_manifest_pick(struct seg_manifest *m, struct seg_arena *a,
    const struct seg_pairing *p, const char *text, const char *path,
    struct seg_err *e) SEG_MUST_USE;

#endif
