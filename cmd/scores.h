/* The tables of seg-score, as TSV; a number that does not exist is "-". */
#ifndef SEG_CMD_SCORES_H
#define SEG_CMD_SCORES_H

#include <stdio.h>

#include "lib/eval/metrics.h"

/* One row a class, an empty line, one row a metric. */
void cli_scores(
    FILE *f, const struct seg_confusion *c, const char *const *names);

/* One row a picture, and the row of titles. */
void cli_image_titles(FILE *f, int classes, const char *const *names);
void cli_image_scores(FILE *f, const struct seg_confusion *c, const char *key);

#endif
