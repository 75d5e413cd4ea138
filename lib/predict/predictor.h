/*
 * Predictor: runs a network on images of any size.
 *
 * The network is planned again only if the image size changes.  If the network
 * accepts only certain sizes (for example, a U-Net of 4 levels needs multiples
 * of 8), the image is padded by repeating its right and bottom edges, and the
 * result is cropped.  Several small images of the same size can be processed
 * together, which reads the weights only once; the results are the same as one
 * by one.
 *
 * If the network ends by resizing its logits to the image size, the predictor
 * resizes them row by row when they are requested, with the same bits.  They
 * are never stored at full size.
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
    const char *last;         /* node at which to stop, NULL: the last one */
    const char *const *extra; /* more nodes whose values are needed */
    int nextra;
    int threads;
    int exact;        /* no Winograd convolutions */
    int keep_methods; /* see struct seg_net_plan */
    size_t mem_limit;
    /* the images that the network is planned for */
    int n;                  /* number of images */
    int h, w;               /* size of the image */
    int padded_h, padded_w; /* size after padding */
    /* internal */
    struct seg_arena arena;
    struct seg_resize enlarge; /* oh 0: the logits have full size */
    void *scratch;             /* for enlarge */
    float *row;                /* a row of logits for each thread */
};

/* Fails unless image is [h,w,c] with sides of at most 2^20. */
int seg_predictor_check(const struct seg_tensor *image, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* Runs the network on image [h,w,c]. p->normalize must be prepared for its
   record.  Messages begin with `where`. */
int seg_predictor_run(struct seg_predictor *p, const struct seg_tensor *image,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/*
 * The same in steps, for n images of h x w: plan with fit, put in each image i
 * (with normalize prepared for its record), then run forward.
 */
int seg_predictor_fit(struct seg_predictor *p, int n, int h, int w,
    struct seg_err *e) SEG_MUST_USE;
int seg_predictor_put(struct seg_predictor *p, int i,
    const struct seg_tensor *image, const char *where,
    struct seg_err *e) SEG_MUST_USE;
void seg_predictor_forward(struct seg_predictor *p);

/* Bytes in use by the plan. */
size_t seg_predictor_bytes(const struct seg_predictor *p);

/*
 * Plans for an image of h x w without allocating or running (seg_net_dry_run);
 * sets padded_h and padded_w.
 */
int seg_predictor_dry_run(
    struct seg_predictor *p, int h, int w, struct seg_err *e) SEG_MUST_USE;

/*
 * Receives the scores of n pixels of row y from column x on, k scores each,
 * which it may overwrite.  Called by several threads at once for different
 * rows.  Returns -1 if a score is not finite.
 */
typedef int seg_take_row(void *with, int y, int x, int n, float *scores, int k);

/*
 * Calls take for rows y0 to y1 - 1 of the scores of image i.  Fails if the
 * scores do not have the size of the image, if there are more than 255 classes,
 * or if a score is not finite.  Messages begin with `where`.
 */
int seg_predictor_rows(struct seg_predictor *p, int i, int y0, int y1,
    seg_take_row *take, void *with, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* Fails because a score is not finite; the message contains the cause if it is
   in the image. */
int seg_predictor_fail(const struct seg_predictor *p, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* The height and width of the part of v that belongs to an image (without
   padding); cut copies this part of image i. */
void seg_predictor_size(
    const struct seg_predictor *p, const struct seg_value *v, int *h, int *w);
void seg_predictor_cut(const struct seg_predictor *p, int i, float *out,
    const struct seg_value *v);

/* Frees everything except the network, which belongs to the caller. */
void seg_predictor_free(struct seg_predictor *p);

#endif
