/*
 * Results of an experiment: values by budget, method, seed and metric, and
 * their mean and deviation over the seeds.
 *
 * Budgets and seeds are ordered as numbers where they are numbers, methods and
 * metrics as they first came.  Everything lives in the arena.
 */
#ifndef SEG_EVAL_TABLE_H
#define SEG_EVAL_TABLE_H

#include "lib/base/arena.h"

struct seg_result {
    const char *budget, *method, *seed, *metric;
    double value;
};

/* Names in the order in which they are to be shown. */
struct seg_names {
    const char **name;
    int n;
    size_t room;
};

struct seg_table {
    struct seg_arena arena;
    struct seg_result *result;
    int n;
    size_t room;
    struct seg_names budgets, methods, metrics;
};

/* The strings are copied.  The same place twice is bad data. */
int seg_table_add(struct seg_table *t, const struct seg_result *r,
    struct seg_err *e) SEG_MUST_USE;

/* Puts budgets and results in order; call it when all are added. */
void seg_table_sort(struct seg_table *t);

/*
 * Over the seeds of one place: how many, their mean and sample standard
 * deviation (n - 1 below).  mean is NAN for none, sd for fewer than two.
 */
struct seg_summary {
    int n;
    double mean, sd;
};
struct seg_summary seg_table_summary(const struct seg_table *t,
    const char *budget, const char *method, const char *metric);

void seg_table_free(struct seg_table *t);

#endif
