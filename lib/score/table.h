/*
 * Results of an experiment: values by budget, method, seed and metric, and
 * their mean and deviation over the seeds.
 *
 * Budgets and seeds are ordered as numbers where they are numbers, methods and
 * metrics as they first came.  Everything lives in the arena.
 */
#ifndef SEG_SCORE_TABLE_H
#define SEG_SCORE_TABLE_H

#include "lib/base/arena.h"
#include "lib/dataset/key_counter.h"

struct seg_result {
    const char *budget, *method, *seed, *metric;
    double value;
    int method_at, metric_at; /* ours: their places in the lists of names */
};

/* Names in the order in which they are to be shown. */
struct seg_names {
    const char **name;
    int n;
    size_t room;
    struct seg_key_counter known;
};

/*
 * Over the seeds of one place: how many, their mean and sample standard
 * deviation (n - 1 below).  mean is NAN for none, sd for fewer than two.
 */
struct seg_summary {
    const char *budget, *method, *metric;
    int method_at, metric_at;
    int n;
    double mean, sd;
};

struct seg_table {
    struct seg_arena arena;
    struct seg_result *result;
    int n;
    size_t room;
    struct seg_names budgets, methods, metrics;
    struct seg_key_counter places;
    struct seg_summary *summary; /* of every place that has a result */
    int summaries;
};

/* The strings are copied.  The same place twice is bad data. */
int seg_table_add(struct seg_table *t, const struct seg_result *r,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Call it when all are added.  Puts budgets in order, results by budget,
 * method, seed and metric, and fills the summaries, by budget, method and
 * metric.
 */
int seg_table_sort(struct seg_table *t, struct seg_err *e) SEG_MUST_USE;

/* The summary of a budget and the places of a method and a metric in their
   lists; n is 0 where there is no result. */
struct seg_summary seg_table_summary(
    const struct seg_table *t, const char *budget, int method, int metric);

void seg_table_free(struct seg_table *t);

#endif
