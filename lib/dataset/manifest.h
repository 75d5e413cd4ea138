/*
 * Manifests: the files that seg-import reads.
 *
 * A manifest is a TSV table: key, image, label; the label may be empty or
 * missing.  Lines that start with # are comments, a first line "key image
 * label" is a heading.  A line of one column is an image; its key is the file
 * name without directories and suffix.  Instead of a table two directories can
 * be paired by file names.
 *
 * There is at least one item, no key occurs twice, and keys hold no control
 * characters.  All memory comes from the arena.
 */
#ifndef SEG_DATASET_MANIFEST_H
#define SEG_DATASET_MANIFEST_H

#include "lib/base/arena.h"

struct seg_item {
    const char *key, *image;
    const char *label; /* NULL: none */
};

struct seg_manifest {
    struct seg_item *item;
    size_t n, capacity;
};

/* Relative file names start at the directory of path, the manifest ("stdin": at
   the working directory).  Messages give path and line. */
int seg_manifest_parse(struct seg_manifest *m, struct seg_arena *a,
    const char *text, const char *path, struct seg_err *e) SEG_MUST_USE;

/* The suffixes of image files, ".png" and so on. */
struct seg_suffixes {
    int (*has)(const char *suffix); /* 1 if it is one of them */
    const char *list;               /* for messages: ".png or .tif" */
};

/*
 * Pairs each image of directory images with the image of the same name, without
 * suffix, in directory labels; labels may be NULL.  Items are sorted by key.
 * Hidden files and other suffixes are skipped.  An image without a partner in
 * the other directory is an error, and so are two images of one name.
 */
int seg_manifest_pair(struct seg_manifest *m, struct seg_arena *a,
    const char *images, const char *labels, const struct seg_suffixes *suffixes,
    struct seg_err *e) SEG_MUST_USE;

/* The same for the names in text only, one a line without suffix, in that
   order.  path is the file of text, for messages. */
int seg_manifest_pick(struct seg_manifest *m, struct seg_arena *a,
    const char *images, const char *labels, const struct seg_suffixes *suffixes,
    const char *text, const char *path, struct seg_err *e) SEG_MUST_USE;

#endif
