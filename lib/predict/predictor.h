/*
 * A network put to use on images of any size.
 *
 * The network is planned again only when the size changes.  One whose levels
 * must fit into one another (a U-Net of 4 levels wants multiples of 8) gets a
 * image whose right and bottom edges are repeated as far as needed; what
 * comes out is cut back.  Small images of one size may go through together,
 * which saves reading the weights anew; each comes out as it does alone.
 *
 * Where the network ends by enlarging its scores to the image's size, they
 * are enlarged row by row as they are handed out, to the same bits, and never
 * stored at full size.
 */
#ifndef SEG_PREDICT_PREDICTOR_H
#define SEG_PREDICT_PREDICTOR_H

#include "lib/dataset/normalize.h"
#include "lib/kernel/resize.h"
#include "lib/net/net.h"

struct seg_predictor {
    /* set by the caller */
    struct seg_net *net;
    struct seg_normalize normalize;
    const char *last;  /* node at which to stop, NULL: the last one */
    const char *extra; /* further node whose value is wanted, or NULL */
    int threads;
    int exact;        /* convolve by direct sums only */
    int keep_methods; /* see struct seg_net_plan */
    size_t mem_limit;
    /* of the images in the network */
    int n;                  /* so many at once */
    int h, w;               /* as it came */
    int padded_h, padded_w; /* as the network has it */
    /* its own */
    struct seg_arena arena;
    struct seg_resize enlarge; /* oh 0: the scores are at full size */
    void *scratch;             /* of enlarge */
    float *row;                /* one of scores for each thread */
};

/* An image, [h,w,c], of a size that can be: all others fail. */
int seg_predictor_check(const struct seg_tensor *image, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* Runs the network on image, [h,w,c], of the record that normalize was turned
   to.  where is for messages. */
int seg_predictor_run(struct seg_predictor *p, const struct seg_tensor *image,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/*
 * The same in steps, for n images of h x w: plan for them, put in each, the
 * i-th of them with normalize turned to its record, and run.
 */
int seg_predictor_fit(struct seg_predictor *p, int n, int h, int w,
    struct seg_err *e) SEG_MUST_USE;
int seg_predictor_put(struct seg_predictor *p, int i,
    const struct seg_tensor *image, const char *where,
    struct seg_err *e) SEG_MUST_USE;
void seg_predictor_forward(struct seg_predictor *p);

/* Bytes held for what was planned. */
size_t seg_predictor_bytes(const struct seg_predictor *p);

/*
 * Surveys the network (seg_net_dry_run) for an image of h x w without running
 * anything: fills in the sizes that the network would have it at.
 */
int seg_predictor_dry_run(
    struct seg_predictor *p, int h, int w, struct seg_err *e) SEG_MUST_USE;

/*
 * Takes scores of n pixels of row y from column x on, k each, and may change
 * them; threads call it at once, for different rows.  -1 if a score is not a
 * finite number.
 */
typedef int seg_take_row(void *with, int y, int x, int n, float *scores, int k);

/*
 * Hands the scores of image i, rows y0 to y1 without y1, to take.  Scores that
 * are not at the image's size, more classes than fit in a byte, or a score that
 * is not finite, are errors.
 */
int seg_predictor_rows(struct seg_predictor *p, int i, int y0, int y1,
    seg_take_row *take, void *with, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* The error that a score is not finite, with its cause if that is an image. */
int seg_predictor_fail(const struct seg_predictor *p, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* Rows and columns of a node's value that belong to an image; these, of the
   i-th. */
void seg_predictor_size(
    const struct seg_predictor *p, const struct seg_value *v, int *h, int *w);
void seg_predictor_cut(const struct seg_predictor *p, int i, float *out,
    const struct seg_value *v);

/* Not the network, which is the caller's. */
void seg_predictor_free(struct seg_predictor *p);

#endif
