/*
 * Results of an experiment: a value for each budget, method, seed and metric,
 * and the mean and standard deviation of each metric over the seeds.
 *
 * Budgets and seeds that are numbers are ordered as numbers and come before
 * words.  Methods and metrics keep the order in which they were added.
 */
#ifndef SEG_SCORE_TABLE_H
#define SEG_SCORE_TABLE_H

#include "lib/base/arena.h"
#include "lib/dataset/key_counter.h"

struct seg_result {
    const char *budget, *method, *seed, *metric;
    double value;
    int method_index, metric_index; /* private: set by seg_table_add */
};

/* Names in the order of the printed table. */
struct seg_names {
    const char **name;
    int n;
    size_t capacity;
    struct seg_key_counter known;
};

/*
 * One metric of one budget and method over n seeds: mean and sample standard
 * deviation (the divisor is n - 1).  mean is NAN if n = 0, sd if n < 2.
 */
struct seg_summary {
    const char *budget, *method, *metric;
    int method_index, metric_index;
    int n;
    double mean, sd;
};

struct seg_table {
    struct seg_arena arena; /* owns all below; freed by seg_table_free */
    struct seg_result *result;
    int n;
    size_t capacity;
    struct seg_names budgets, methods, metrics;
    struct seg_key_counter seen; /* hashes of budget, method, seed, metric */
    struct seg_summary *summary; /* those with n > 0 */
    int summaries;
};

/* Copies the strings of r.  SEG_EDATA if this metric of this run has a value
   already. */
int seg_table_add(struct seg_table *t, const struct seg_result *r,
    struct seg_err *e) SEG_MUST_USE;

/*
 * To be called once, after the last result was added.  Sorts budgets, and
 * results by budget, method, seed and metric; computes the summaries, sorted by
 * budget, method and metric.
 */
int seg_table_sort(struct seg_table *t, struct seg_err *e) SEG_MUST_USE;

/* The summary of a budget, a method and a metric, the latter two as indices of
   t->methods and t->metrics; n is 0 if there is no result. */
struct seg_summary seg_table_summary(
    const struct seg_table *t, const char *budget, int method, int metric);

void seg_table_free(struct seg_table *t);

#endif
