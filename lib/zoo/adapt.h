/*
 * Known weights for a network that differs a little: images of another number
 * of bands, positions of another grid.
 */
#ifndef SEG_ZOO_ADAPT_H
#define SEG_ZOO_ADAPT_H

#include "lib/net/net.h"
#include "lib/tensor/record.h"

enum seg_adapt {
    SEG_ADAPT_MEAN,   /* every band the mean of the known ones */
    SEG_ADAPT_REPEAT, /* the known ones over and over */
    SEG_ADAPT_ZERO    /* 0 for bands that are not known */
};

/* How a network of its kind is initialized: trunc where there is attention. */
enum seg_init_kind seg_adapt_init(const struct seg_net *net);

/* text with c=bands for its input, in arena a; bands 0: as it is. */
const char *seg_adapt_text(struct seg_arena *a, const char *text,
    const char *name, int bands, struct seg_err *e) SEG_MUST_USE;

/* Learned positions of h x w became those of oh x ow; all 0: none did. */
struct seg_adapted {
    int h, w, oh, ow;
};

/*
 * Makes tensors of rec, read from a file called name, fit the network's
 * parameters of the same names.
 *
 * Learned positions, where rec has them for another grid: the extra tokens
 * stay, the grid is resized (bilinear).  The grid of a model is the one in its
 * text.  Other files do not say theirs; it is taken for a square wherever it
 * can be one, also where another grid of the network has as many places.  And
 * unless how, an enum seg_adapt, is -1, the weights of convolutions that see
 * the image itself, where rec has them for other bands; mean and repeat are
 * scaled by bands known / bands wanted, so that a gray image makes what it
 * made; repeat does so where the bands known go into those wanted.
 */
int seg_adapt(struct seg_record *rec, const struct seg_net *net, int how,
    const char *name, struct seg_adapted *done, struct seg_err *e) SEG_MUST_USE;

#endif
