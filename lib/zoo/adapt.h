/*
 * Adapts known weights to a network with another number of bands or another
 * grid of positional embeddings.
 */
#ifndef SEG_ZOO_ADAPT_H
#define SEG_ZOO_ADAPT_H

#include "lib/net/net.h"
#include "lib/tensor/record.h"

enum seg_adapt {
    SEG_ADAPT_MEAN,   /* every band gets the mean of the known bands */
    SEG_ADAPT_REPEAT, /* the known bands are repeated in order */
    SEG_ADAPT_ZERO    /* extra bands get 0 */
};

/* Initialization for this kind of network: truncated normal if it contains
   attention, otherwise He. */
enum seg_init_kind seg_adapt_init(const struct seg_net *net);

/* Sets c=bands for the input of a network text; memory from a.  With bands 0 it
   is unchanged. */
const char *seg_adapt_text(struct seg_arena *a, const char *text,
    const char *name, int bands, struct seg_err *e) SEG_MUST_USE;

/* A positional embedding of h x w was resized to oh x ow; all 0: none was. */
struct seg_adapted {
    int h, w, oh, ow;
};

/*
 * Adapts tensors of rec, read from file `name`, to the network's parameters of
 * the same names.
 *
 * Positional embeddings: if rec has them for another grid, the extra tokens are
 * kept and the grid is resized bilinearly.  The grid of a model is given by its
 * network text.  For other files it is assumed to be square whenever it can be,
 * even if the network has a grid with the same number of positions.
 *
 * Convolutions that read the image, unless how (an enum seg_adapt) is -1: if
 * rec has weights for another number of bands, they are adapted.  Mean and
 * repeat are multiplied by known / wanted bands, so that a gray image gives the
 * same output (with repeat only if the wanted number is a multiple of the known
 * one).
 */
int seg_adapt(struct seg_record *rec, const struct seg_net *net, int how,
    const char *name, struct seg_adapted *done, struct seg_err *e) SEG_MUST_USE;

#endif
