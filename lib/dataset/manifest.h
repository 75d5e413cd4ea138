/*
 * What to import: keys with the files of their images and label images.
 *
 * A manifest is TSV with # comments: key, image, label (may be empty or
 * missing); a first line of just these words is a heading; a line of one column
 * is an image whose key is its name without directories and suffix.  Or two
 * directories are paired by name.  No key occurs twice, there is at least one,
 * and it has no control characters.  Everything lives in the arena handed in.
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
    size_t n, room;
};

/* File names that do not start with / are meant from where path, the manifest,
   lies ("stdin": the working directory); messages name its line. */
int seg_manifest_parse(struct seg_manifest *m, struct seg_arena *a,
    const char *text, const char *path, struct seg_err *e) SEG_MUST_USE;

/*
 * The images in directory images, known by their suffix (.png .jpg .jpeg .tif
 * .tiff .nii .nii.gz .npy .pbm .pgm .ppm .pnm .pam), sorted, and for each the
 * one of the same name in directory labels, whatever its suffix; labels may be
 * NULL.  An image without a partner, on either side, is an error, and so are
 * two of one name.
 */
int seg_manifest_pair(struct seg_manifest *m, struct seg_arena *a,
    const char *images, const char *labels, struct seg_err *e) SEG_MUST_USE;

/* The same for the names without suffix in text, one a line, in that order;
   what else the directories hold does not matter. */
int seg_manifest_pick(struct seg_manifest *m, struct seg_arena *a,
    const char *images, const char *labels, const char *text, const char *path,
    struct seg_err *e) SEG_MUST_USE;

#endif
