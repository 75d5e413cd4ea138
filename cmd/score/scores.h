/* The tables of seg-score, as TSV; an undefined number is "-". */
#ifndef SEG_CMD_SCORE_SCORES_H
#define SEG_CMD_SCORE_SCORES_H

#include "cmd/score/scoring.h"

/* Writes a row for each class, an empty line, and a row for each metric; with
   resamples also intervals and the paired test.  Or the same as JSON. */
void cli_scores(FILE *f, struct cli_scoring *j, int json);

/* Column names, and the row of one case. */
void cli_image_titles(FILE *f, int classes, const char *const *names);
void cli_image_scores(FILE *f, const struct seg_confusion *c, const char *key,
    const struct seg_convention *convention);

/* Column names, and the row of one case and class. */
void cli_surface_titles(FILE *f);
void cli_surface_scores(FILE *f, const char *key, const char *name,
    struct seg_class_score c, const struct seg_surface *s, const char *unit);

/* Writes a row for each bin of confidence that has pixels. */
void cli_reliability(FILE *f, const struct seg_calibration *c);

/* Writes the confusion matrix. */
void cli_matrix(FILE *f, struct seg_scorer *s);

/* Warns if all true pixels have the ignore value. */
void cli_warn_all_ignored(const struct seg_scorer *s);

/* Adds the n confusion matrices in files to s.  Exits if one cannot be read or
   has other classes. */
void cli_scores_merge(struct seg_scorer *s, char **path, int n);

#endif
