/*
 * Manifests: the files that seg-import reads.
 *
 * A manifest is a TSV table: key, image, label; the label may be empty or
 * missing.  Lines that start with # are comments, a first line "key image
 * label" is a heading.  A line of one column is an image; its key is the file
 * name without directories and suffix.  lib/dataset/pair.h makes manifests of
 * patterns and directories.
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

/* ---- for other ways to make a manifest ---- */

int seg_manifest_add(struct seg_manifest *m, struct seg_arena *a,
    struct seg_item item, struct seg_err *e) SEG_MUST_USE;

/* Fails if there is no item, or if a key occurs twice; path is for messages. */
int seg_manifest_check(const struct seg_manifest *m, struct seg_arena *a,
    const char *path, struct seg_err *e) SEG_MUST_USE;

#endif
