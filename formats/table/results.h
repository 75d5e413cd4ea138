/*
 * Results of experiments as text.
 *
 * A cell's file holds lines "metric TAB value" among others that are passed
 * over, and its path ends in BUDGET/METHOD/SEED/FILE.  Long rows are a TSV of
 * budget, method, seed, metric, value under these titles.  Both cut the text
 * up.
 */
#ifndef SEG_FORMATS_TABLE_RESULTS_H
#define SEG_FORMATS_TABLE_RESULTS_H

#include "lib/score/table.h"

int seg_results_cell(struct seg_table *t, char *text, const char *path,
    struct seg_err *e) SEG_MUST_USE;

/* name is for messages */
int seg_results_rows(struct seg_table *t, char *text, const char *name,
    struct seg_err *e) SEG_MUST_USE;

#endif
