/* The tables of seg-score, as TSV; a number that does not exist is "-". */
#ifndef SEG_CMD_SCORE_SCORES_H
#define SEG_CMD_SCORE_SCORES_H

#include "cmd/score/scoring.h"

/* One row a class, an empty line, one row a metric; then, where there are
   resamples, intervals and the paired test. */
void cli_scores(FILE *f, struct cli_scoring *j);

/* One row a case, and the row of titles. */
void cli_image_titles(FILE *f, int classes, const char *const *names);
void cli_image_scores(FILE *f, const struct seg_confusion *c, const char *key,
    const struct seg_convention *how);

/* One row a case and class. */
void cli_surface_titles(FILE *f);
void cli_surface_scores(FILE *f, const char *key, const char *name,
    struct seg_class_score c, const struct seg_surface *s, const char *unit);

/* One row a bin of confidence that has pixels. */
void cli_reliability(FILE *f, const struct seg_calibration *c);

/* A warning where the truth has the ignore value everywhere. */
void cli_warn_unjudged(const struct seg_scorer *s);

#endif
