/*
 * A network put to use on pictures of any size.
 *
 * The network is planned again only when the size changes.  One whose levels
 * must fit into one another (a U-Net of 4 levels wants multiples of 8) gets a
 * picture whose right and bottom edges are repeated as far as needed; what
 * comes out is cut back.  One picture at a time, so that the result does not
 * depend on its neighbours in the stream.
 */
#ifndef SEG_EVAL_PREDICTOR_H
#define SEG_EVAL_PREDICTOR_H

#include "lib/data/normalize.h"
#include "lib/net/net.h"

struct seg_predictor {
    /* set by the caller */
    struct seg_net *net;
    struct seg_normalize normalize;
    const char *last;  /* node at which to stop, NULL: the last one */
    const char *extra; /* further node whose value is wanted, or NULL */
    int threads;
    int exact; /* convolve by direct sums only */
    size_t mem_limit;
    /* of the picture in the network */
    int h, w;               /* as it came */
    int padded_h, padded_w; /* as the network has it */
};

/* Runs the network on image, [h,w,c].  where is for messages. */
int seg_predictor_run(struct seg_predictor *p, const struct seg_tensor *image,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/* Rows and columns of a node's value that belong to the picture. */
void seg_predictor_size(
    const struct seg_predictor *p, const struct seg_value *v, int *h, int *w);

/*
 * Class of the highest logit (the lower one if equal), and softmax, of the
 * pixels of the picture.  Logits that are not at the picture's size, more
 * classes than fit in a byte, or a logit that is not a number, are errors.
 */
int seg_predictor_labels(const struct seg_predictor *p, uint8_t *pred,
    const struct seg_value *logits, const char *where,
    struct seg_err *e) SEG_MUST_USE;
int seg_predictor_probs(const struct seg_predictor *p, float *probs,
    const struct seg_value *logits, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* The picture's part of a value. */
void seg_predictor_cut(
    const struct seg_predictor *p, float *out, const struct seg_value *v);

#endif
