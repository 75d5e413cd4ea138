/*
 * A picture seen in several ways: at several sizes, mirrored, turned; what the
 * network says of each is brought back to the picture and averaged.
 *
 * Averaged are probabilities, as Segmenter does it (Strudel et al., 2021), or
 * scores.  Scores of another size are brought back bilinearly before that.
 */
#ifndef SEG_EVAL_VIEWS_H
#define SEG_EVAL_VIEWS_H

#include "lib/eval/predictor.h"

enum { SEG_SCALES = 16 };

/* Scores image and hands them to take, every row once. */
typedef int seg_score_picture(void *with, const struct seg_tensor *image,
    seg_take_row *take, void *take_with, const char *where, struct seg_err *e);

struct seg_views {
    /* set by the caller */
    double scale[SEG_SCALES];
    int scales;
    unsigned turns; /* bit o: as EXIF's orientation o, 1 (as it is) to 8 */
    int of_scores;  /* scores are averaged; else probabilities */
    int threads;
    size_t mem_limit; /* of its own memory, 0: none */
    seg_score_picture *score;
    void *with;
    const struct seg_predictor *predictor; /* that score uses */
    /* its own */
    struct seg_arena arena;
};

/* The ways to turn a picture that flip (bits: 1 left-right, 2 up-down) and
   rotate (by quarters) have together. */
unsigned seg_views_turns(int flip, int rotate);

/* Is there but one, the picture as it is?  How many there are; how much more work than one. */
int seg_views_plain(const struct seg_views *v);
int seg_views_count(const struct seg_views *v);
double seg_views_cost(const struct seg_views *v);

/* Of a picture of k classes; take gets the means. */
int seg_views_run(struct seg_views *v, const struct seg_tensor *image, int k,
    seg_take_row *take, void *with, const char *where,
    struct seg_err *e) SEG_MUST_USE;

void seg_views_free(struct seg_views *v);

#endif
