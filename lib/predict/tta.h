/*
 * An image seen in several ways: at several sizes, mirrored, turned; what the
 * network says of each is brought back to the image and averaged.
 *
 * Averaged are probabilities, as Segmenter does it (Strudel et al., 2021), or
 * scores.  Scores of another size are brought back bilinearly before that.
 */
#ifndef SEG_PREDICT_TTA_H
#define SEG_PREDICT_TTA_H

#include "lib/predict/predictor.h"

enum { SEG_SCALES = 16 };

/* Scores image and hands them to take, every row once. */
typedef int seg_score_image(void *with, const struct seg_tensor *image,
    seg_take_row *take, void *take_with, const char *where, struct seg_err *e);

struct seg_tta {
    /* set by the caller */
    double scale[SEG_SCALES];
    int scales;
    unsigned
        orientations; /* bit o: as EXIF's orientation o, 1 (as it is) to 8 */
    int of_scores;    /* scores are averaged; else probabilities */
    int threads;
    size_t mem_limit; /* of its own memory, 0: none */
    seg_score_image *score;
    void *with;
    const struct seg_predictor *predictor; /* that score uses */
    /* its own */
    struct seg_arena arena;
};

/* The ways to turn an image that flip (bits: 1 left-right, 2 up-down) and
   rotate (by quarters) have together. */
unsigned seg_tta_orientations(int flip, int rotate);

/* Is there but one, the image as it is?  How many there are; how much more work
   than one. */
int seg_tta_plain(const struct seg_tta *v);
int seg_tta_count(const struct seg_tta *v);
double seg_tta_cost(const struct seg_tta *v);

/* Of an image of k classes; take gets the means. */
int seg_tta_run(struct seg_tta *v, const struct seg_tensor *image, int k,
    seg_take_row *take, void *with, const char *where,
    struct seg_err *e) SEG_MUST_USE;

void seg_tta_free(struct seg_tta *v);

#endif
