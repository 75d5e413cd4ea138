/*
 * Results of an experiment as text, parsed into a struct seg_table.
 *
 * The path of a file of a run ends in BUDGET/METHOD/SEED/FILE and thus names
 * the run.  Two kinds of files are read:
 *
 *   scores   lines "metric TAB value", for example of seg-score; other lines
 *            are skipped, or with `classes` the rows of its table of classes
 *            are metrics too, iou:NAME and dice:NAME
 *   log      the log of a training: a table whose first column is "step" and
 *            that has a column "seconds"
 *
 * Long rows are a table with the columns budget, method, seed, metric, value.
 * All functions cut the text up; strings of the results are copied.
 */
#ifndef SEG_FORMATS_TABLE_RESULTS_H
#define SEG_FORMATS_TABLE_RESULTS_H

#include "lib/score/table.h"

/* Cost of the trainings of one run, for example pretraining and fine-tuning. */
struct seg_run_cost {
    const char *budget, *method, *seed;
    double seconds; /* sum over the logs: steps * median seconds of a step */
    int steps;
};

struct seg_costs {
    struct seg_run_cost *run;
    int n;
    size_t capacity;
};

/* Adds scores to t, or the cost of a log to c, which is in the arena of t.
   a is workspace. */
int seg_results_run(struct seg_table *t, struct seg_costs *c,
    struct seg_arena *a, char *text, const char *path, int classes,
    struct seg_err *e) SEG_MUST_USE;

/* Adds the metrics minutes and steps of each run in c to t. */
int seg_results_costs(struct seg_table *t, const struct seg_costs *c,
    struct seg_err *e) SEG_MUST_USE;

/* Adds long rows to t; name is for messages. */
int seg_results_rows(struct seg_table *t, char *text, const char *name,
    struct seg_err *e) SEG_MUST_USE;

#endif
