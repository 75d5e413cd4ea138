/*
 * Patches of images, for training and for tiling.
 *
 * A patch is a window of an image, resized to the size wanted.  Everything in
 * the record that has the image's height and width is cut with it: tensors
 * [H,W,C] are resized bilinearly, tensors [H,W] by the nearest pixel; others
 * are left out.  What lies outside the image is the mean of what is seen in
 * the image, the ignore value in label and pred, and 0 elsewhere.
 *
 * Where a window lies is a function of (seed, key, index), index being the
 * epoch or the number of the patch: neither order nor sharding of patches
 * changes any of them.
 */
#ifndef SEG_DATASET_SAMPLE_H
#define SEG_DATASET_SAMPLE_H

#include "lib/base/rng.h"
#include "lib/tensor/record.h"

struct seg_window {
    int y, x, h, w; /* pixels of the image; may reach beyond it */
    int flip_x, flip_y;
};

/* Whether row i, column j of an unresized patch lies in the image of h x w
   pixels, and then at which of them: *at. */
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
    int w, h;           /* of the patch, pixels */
    int stride[2];      /* of the grid: across, down, pixels */
    double scale[2];    /* resize factor, least and most: log-uniform */
    int flip_x, flip_y; /* mirror half of the patches: left-right, up-down */
    double max_share;   /* see seg_sample_window; 1: no limit */
    uint64_t seed;
};

/*
 * Draws a window.  class >= 0: it holds a pixel of that class, drawn uniformly,
 * at a uniform place.  Otherwise the window's place is uniform; where max_share
 * is below 1 it is drawn anew, up to 10 times in all, while one class has that
 * share or more of its labeled pixels or there are fewer than two classes (the
 * rule of MMSegmentation and of Strudel et al., Segmenter, 2021).
 */
int seg_sample_window(struct seg_window *win, const struct seg_record *in,
    const struct seg_sample *s, int class, uint64_t index,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Tiles of the size of a patch, stride apart, that cover the image; the last
 * ones end flush with it.  Their number, and the one of number i, row by row.
 */
size_t seg_sample_tiles(const struct seg_sample *s, int h, int w);
struct seg_window seg_sample_tile(
    const struct seg_sample *s, int h, int w, size_t i);

/* Height and width of the record's image, or of its label if it has none. */
int seg_sample_size(int *h, int *w, const struct seg_record *in,
    struct seg_err *e) SEG_MUST_USE;

/* The share of a window that lies outside the image of h x w. */
double seg_sample_padding(const struct seg_window *win, int h, int w);

/*
 * The patch itself into out, which is cleared first.  Its key gets "@y,x"
 * behind; seg.window is "y,x,h,w" and " flip x", " flip y" or " flip xy" if it
 * is mirrored; all other metadata are those of in.
 */
int seg_sample_cut(struct seg_record *out, const struct seg_record *in,
    const struct seg_window *win, const struct seg_sample *s,
    struct seg_err *e) SEG_MUST_USE;

/* What seg.window says, see above; -1 if that is no window, or one of more than
   2^20 pixels a side or as far away. */
int seg_window_parse(struct seg_window *win, const char *text) SEG_MUST_USE;

/*
 * Item of patch number draw: each epoch of n patches takes every item once, in
 * an order drawn anew.  order[n] holds that of epoch *epoch, and is made again
 * when another is needed; start with *epoch UINT64_MAX.
 */
int seg_sample_item(
    int *order, int n, uint64_t *epoch, uint64_t seed, uint64_t draw);

#endif
