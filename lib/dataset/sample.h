/*
 * Patches: rectangles cut from images, for training and for tiling.
 *
 * A patch is a window of an image, resized to the requested size.  Every tensor
 * of the record with the image's height and width is cut too: tensors [H,W,C]
 * are resized bilinearly, tensors [H,W] by the nearest pixel; other tensors are
 * left out.  Pixels of the window outside the image get the mean of the visible
 * part in images, the ignore value in label and pred, and 0 in other tensors.
 *
 * A patch can also be rotated and deformed.  Quarter turns only move pixels.
 * For other angles, a shear and a deformation a larger window is cut and
 * resampled, so that the corners show what lies there in the image: tensors
 * [H,W,C] bilinearly, tensors [H,W] by the nearest pixel.  All tensors of a
 * record move together.  Masks among the channels (lib/image/mask.h) keep their
 * two values.
 *
 * The position of a window is a function of (seed, key, index), index being the
 * epoch or the number of the patch.  Therefore order and sharding do not change
 * any patch.
 */
#ifndef SEG_DATASET_SAMPLE_H
#define SEG_DATASET_SAMPLE_H

#include "lib/base/rng.h"
#include "lib/image/transform.h"
#include "lib/tensor/record.h"

struct seg_window {
    int y, x, h, w;     /* in pixels of the image; may extend beyond it */
    int turn;           /* quarter turns, counterclockwise */
    double angle;       /* degrees, counterclockwise, about the center */
    double shear;       /* degrees: rows move apart, before the rotation */
    uint64_t field;     /* seed of the elastic deformation */
    int flip_x, flip_y; /* mirrored after all this */
};

/* *at = index of the image pixel at row i, column j of a patch that is neither
   resized nor rotated.  Returns 1 if it lies in the image of h x w pixels. */
static inline int
seg_window_at(
    const struct seg_window *win, int i, int j, int h, int w, size_t *at)
{
    int y = win->y + (win->flip_y ? win->h - 1 - i : i);
    int x = win->x + (win->flip_x ? win->w - 1 - j : j);

    *at = (size_t)y * (size_t)w + (size_t)x;
    return y >= 0 && y < h && x >= 0 && x < w;
}

struct seg_sample {
    int w, h;        /* size of the patch, pixels */
    int stride[2];   /* of the tiles: horizontal, vertical; pixels */
    double scale[2]; /* range of the resize factor, log-uniform */
    int turn;        /* rotate by 0, 90, 180 or 270 degrees */
    double angle[2]; /* range of the rotation, degrees; 0,0: none */
    double shear[2]; /* range of the shear, degrees; 0,0: none */
    /* Windows move by up to this share of their size, both ways along each
       axis, also beyond the edge of the image. */
    double shift;
    /* Standard deviation of the displacement and of the Gaussian that smooths
       it, pixels of the patch; 0: none. */
    double elastic, smooth;
    int flip_x, flip_y; /* mirror half of the patches: left-right, up-down */
    double max_share;   /* see seg_sample_window; 1: no limit */
    /* see seg_sample_accepts */
    int must_show;
    double max_nodata; /* 1: no limit */
    uint64_t seed;
};

enum { SEG_NO_CLASS = -1, SEG_ANY_CLASS = -2 };

/*
 * Draws a window.  With class >= 0 the window contains a uniformly drawn pixel
 * of that class, with SEG_ANY_CLASS of any class.  With SEG_NO_CLASS its
 * position is uniform; if max_share is below 1, a window with fewer than two
 * classes, or in which one class has at least that share of the labeled pixels,
 * is drawn again, up to 10 times in all (as in MMSegmentation and in Strudel et
 * al., Segmenter, 2021).
 */
int seg_sample_window(struct seg_window *win, const struct seg_record *in,
    const struct seg_sample *s, int class, uint64_t index,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Draws a window around the middle of a box of the image: the smallest one that
 * contains the box and has the sides of the patch in proportion, before it is
 * scaled, rotated, deformed or shifted as s says.
 */
int seg_sample_around(struct seg_window *win, const struct seg_record *in,
    const struct seg_box *box, const struct seg_sample *s, uint64_t index,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Tiles with the size of a patch, stride apart, that cover the image; the last
 * ones are aligned to its right and bottom edge.  The number of tiles, and tile
 * i in row-major order.
 */
size_t seg_sample_tiles(const struct seg_sample *s, int h, int w);
struct seg_window seg_sample_tile(
    const struct seg_sample *s, int h, int w, size_t i);

/* Height and width of the record's image, or of its label if it has no
   image. */
int seg_sample_size(int *h, int *w, const struct seg_record *in,
    struct seg_err *e) SEG_MUST_USE;

/* The label of the record; fails unless it is [h,w] u8, the size of the
   image. */
int seg_sample_label(const uint8_t **label, const struct seg_record *in, int h,
    int w, struct seg_err *e) SEG_MUST_USE;

/* The fraction of a window that lies outside the image of h x w pixels. */
double seg_sample_padding(const struct seg_window *win, int h, int w);

/*
 * Clears out and fills it with the patch.  The key is extended by "@y,x";
 * seg.window is "y,x,h,w", followed by " rotate 90" (180, 270), " angle 7.25",
 * " shear 4.00" and " elastic" if it is rotated or deformed, and by " flip x",
 * " flip y" or " flip xy" if it is mirrored.  Other metadata are copied from
 * in.
 */
int seg_sample_cut(struct seg_record *out, const struct seg_record *in,
    const struct seg_window *win, const struct seg_sample *s,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Tests a patch: 1 if s accepts it, 0 if not, -1 on failure.  If s->must_show
 * is set, its label must show the class that its window was drawn for; resizing
 * and deformation can lose it.  At most a share of s->max_nodata of the pixels
 * of its image may have no data.
 */
int seg_sample_accepts(struct seg_record *patch, const struct seg_sample *s,
    int class, struct seg_err *e) SEG_MUST_USE;

/* Parses seg.window (see above).  Returns -1 if text is not a window, or one
   that is rotated or deformed, or has sides or offsets above 2^20 pixels. */
int seg_window_parse(struct seg_window *win, const char *text) SEG_MUST_USE;

/*
 * The item for draw number `draw`: each epoch of n draws takes every item once,
 * in a new random order.  The array order[n] caches the order of epoch *epoch;
 * start with *epoch UINT64_MAX.
 */
int seg_sample_item(
    int *order, int n, uint64_t *epoch, uint64_t seed, uint64_t draw);

#endif
