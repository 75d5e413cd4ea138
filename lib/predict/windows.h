/*
 * Sliding windows: prediction of large images in bounded memory.  Rows of the
 * image arrive from top to bottom; each row of windows is predicted as soon as
 * it is complete, and scores are delivered when they are final.
 *
 * With SEG_BLEND_LINEAR, HANN and MEAN the windows overlap, and in an overlap
 * the scores (not the probabilities) of two windows are averaged with weights
 * that sum to 1.  The weight of the later window at position i of m is (i + 1)
 * / (m + 1), or sin^2(pi (i + 1/2) / 2m), or 1/2.  The last window of a row is
 * aligned with the edge of the image.
 *
 * With SEG_BLEND_HALO the scores have the same bits as if the whole image were
 * predicted at once: of each window only the scores are used whose receptive
 * field lies inside it (seg_net_receptive_field).  Fails for networks in which
 * every output depends on the whole image.
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

/* A window along one axis: pixels at <= x < at + size.  Relative to `at`,
   scores from <= i < to are delivered by this window.  With an overlap m,
   scores from <= i < from + m are blended with the previous window, and scores
   to <= i < to + m are saved for the next one. */
struct seg_span {
    int at, size, from, to;
};

struct seg_windows {
    /* set by the caller */
    struct seg_predictor *predictor;
    int size[2]; /* height and width of a window */
    int overlap; /* at most half of both sizes; ignored with a halo */
    enum seg_blend blend;
    seg_take_row *take; /* receives the scores */
    void *with;
    size_t mem_limit; /* for all memory of a run, 0: none */
    /* the current image */
    struct seg_arena arena;
    int h, w, c;
    enum seg_type type;
    struct seg_span *span[2];
    int spans[2];
    int next_row;         /* the next row of windows */
    int delivered;        /* image rows whose scores were delivered */
    int base, rows;       /* first image row in buffer, and number of rows */
    char *buffer, *image; /* image rows; one window */
    float *ramp;          /* overlap: weights of the later window */
    /* overlap,w,k and size,overlap,k: weighted scores for the next windows */
    float *above, *left;
    size_t bytes; /* memory in use, including the network */
};

/* Starts an image of h x w pixels with c bands.  Messages begin with
   `where`. */
int seg_windows_start(struct seg_windows *q, int h, int w, int c,
    enum seg_type type, const char *where, struct seg_err *e) SEG_MUST_USE;

/* Adds the next rows [n,w,c] of the image; the last row completes it. */
int seg_windows_push(struct seg_windows *q, const struct seg_tensor *rows,
    const char *where, struct seg_err *e) SEG_MUST_USE;

void seg_windows_free(struct seg_windows *q);

#endif
