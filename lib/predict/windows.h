/*
 * Images of any size in bounded memory: windows of an image go through the
 * network, a row of them at a time, as the image's rows come in from top to
 * bottom; its scores go out as they become final.
 *
 * Blended windows overlap, and in an overlap the scores (not the probabilities)
 * of two windows are averaged with weights that sum to 1: w of the later one at
 * distance i of m is (i + 1) / (m + 1), by Hann sin^2(pi (i + 1/2) / 2m), or
 * 1/2.  The last window of a row ends flush with the image.
 *
 * Windows with a halo give the bits that the whole image at once would give: of
 * each only those scores are taken that rest on nothing outside of it
 * (seg_net_receptive_field).  Networks that look at the whole image are
 * refused.
 */
#ifndef SEG_PREDICT_WINDOWS_H
#define SEG_PREDICT_WINDOWS_H

#include "lib/predict/predictor.h"

enum seg_blend {
    SEG_BLEND_LINEAR,
    SEG_BLEND_HANN,
    SEG_BLEND_MEAN,
    SEG_BLEND_HALO
};

/* A window along one axis: it covers size pixels from at on.  Counted from
   there, scores from..to are final; with an overlap m those from from on are
   blended with the window before, m from to on are left to the one behind. */
struct seg_span {
    int at, size, from, to;
};

struct seg_windows {
    /* set by the caller */
    struct seg_predictor *predictor;
    int size[2]; /* height and width of a window */
    int overlap; /* at most half of both; not with a halo */
    enum seg_blend blend;
    seg_take_row *take; /* who gets the scores */
    void *with;
    size_t mem_limit; /* of all that start takes, 0: none */
    /* of the image at work */
    struct seg_arena arena;
    int h, w, c;
    enum seg_type type;
    struct seg_span *span[2];
    int spans[2];
    int band;             /* the row of windows to come */
    int done;             /* rows of the image whose scores are out */
    int base, rows;       /* of the image in buffer */
    char *buffer, *image; /* rows; one window */
    float *ramp;          /* overlap: weights */
    float *above, *left;  /* overlap,w,k; size,overlap,k: weighted scores */
    size_t bytes;         /* of all this and the network's */
};

/* Begins an image of h x w pixels of c bands.  where is for messages. */
int seg_windows_start(struct seg_windows *q, int h, int w, int c,
    enum seg_type type, const char *where, struct seg_err *e) SEG_MUST_USE;

/* The next rows [n,w,c] of the image; with the last one it is complete. */
int seg_windows_push(struct seg_windows *q, const struct seg_tensor *rows,
    const char *where, struct seg_err *e) SEG_MUST_USE;

void seg_windows_free(struct seg_windows *q);

#endif
