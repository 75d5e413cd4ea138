/*
 * Patterns of file names.
 *
 *     *         any characters but /
 *     **        any characters; a path part of ** alone may also be missing
 *     {a,b}     a or b, once in a pattern
 *
 * The key of a file is the text that its stars stand for, with / between those
 * of several stars; each stands for as little as possible, from left to right.
 * For example, "*_left.png" gives aachen_7_left.png the key aachen_7.
 *
 * A pattern that does not end in a suffix of an image stands for files with any
 * of these suffixes.  The name of a directory stands for all images in it and
 * below it, as ** does.
 *
 * Files that differ only in the place of {a,b} belong together: they are the
 * bands of one image, and its path is written with the list:
 * "img/7_{B02,B03}.tif".
 */
#ifndef SEG_DATASET_PATTERN_H
#define SEG_DATASET_PATTERN_H

#include "lib/dataset/manifest.h"

/* Length of the path of a file without its suffix; .gz counts with the suffix
   before it: "a/brain.nii.gz" gives 7. */
size_t seg_path_stem(const char *path);

/*
 * The files of pattern as items with key and image, sorted by key and then by
 * path, bytewise.  Hidden files and directories, and files without a suffix of
 * an image, are skipped.  Fails if a directory cannot be read or is deeper than
 * 32 levels below the first.
 */
int seg_pattern_files(struct seg_manifest *m, struct seg_arena *a,
    const char *pattern, const struct seg_suffixes *suffixes,
    struct seg_err *e) SEG_MUST_USE;

#endif
