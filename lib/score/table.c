#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hash.h"
#include "lib/score/table.h"

/* Index of a name in the list, to which a new name is added; -1 and e without
   memory. */
static int
name_index(struct seg_table *t, struct seg_names *names, const char *name,
    struct seg_err *e)
{
    struct seg_key_counter_slot *slot;

    if (seg_key_counter_add_hash(
            &names->known, seg_hash(name, strlen(name)), &slot, e))
        return -1;
    if (slot->count > 1)
        return (int)slot->first;
    const char **list = seg_grow(&t->arena, names->name, (size_t)names->n,
        &names->capacity, sizeof *list, e);
    if (!list)
        return -1;
    names->name = list;
    list[names->n] = seg_take_string(&t->arena, name, e);
    slot->first = (uint64_t)names->n;
    return list[names->n] ? names->n++ : -1;
}

/* Refuses a second value of one metric of one run. */
static int
check_new(struct seg_table *t, const struct seg_result *r, struct seg_err *e)
{
    const char *part[] = {r->budget, r->method, r->seed, r->metric};
    struct seg_key_counter_slot *slot;
    uint64_t hash = 0;

    for (int i = 0; i < 4; i++)
        hash = seg_hash_more(hash, part[i], strlen(part[i]));
    if (seg_key_counter_add_hash(&t->seen, hash, &slot, e))
        return -1;
    if (slot->count > 1)
        return seg_fail(e, SEG_EDATA,
            "%s of budget %s, method %s, seed %s is there twice", r->metric,
            r->budget, r->method, r->seed);
    return 0;
}

int
seg_table_add(
    struct seg_table *t, const struct seg_result *r, struct seg_err *e)
{
    if (check_new(t, r, e))
        return -1;
    struct seg_result *list = seg_grow(
        &t->arena, t->result, (size_t)t->n, &t->capacity, sizeof *list, e);
    if (!list)
        return -1;
    t->result = list;
    int budget = name_index(t, &t->budgets, r->budget, e);
    int method = name_index(t, &t->methods, r->method, e);
    int metric = name_index(t, &t->metrics, r->metric, e);
    char *seed = seg_take_string(&t->arena, r->seed, e);
    if (budget < 0 || method < 0 || metric < 0 || !seed)
        return -1;
    list[t->n++] =
        (struct seg_result){t->budgets.name[budget], t->methods.name[method],
            seed, t->metrics.name[metric], r->value, method, metric};
    return 0;
}

/* Orders numbers by value, then words by their bytes. */
static int
compare_names(const char *a, const char *b)
{
    char *end_a, *end_b;
    double x = strtod(a, &end_a), y = strtod(b, &end_b);
    int word_a = end_a == a || *end_a || isnan(x);
    int word_b = end_b == b || *end_b || isnan(y);

    if (word_a != word_b)
        return word_a - word_b;
    if (!word_a && x != y)
        return x < y ? -1 : 1;
    return strcmp(a, b);
}

static int
by_budget(const void *a, const void *b)
{
    return compare_names(*(const char *const *)a, *(const char *const *)b);
}

static int
by_seed(const void *a, const void *b)
{
    const struct seg_result *x = a, *y = b;
    int d = compare_names(x->budget, y->budget);

    if (!d)
        d = x->method_index - y->method_index;
    if (!d)
        d = compare_names(x->seed, y->seed);
    return d ? d : x->metric_index - y->metric_index;
}

static int
by_metric(const void *a, const void *b)
{
    const struct seg_result *x = a, *y = b;
    int d = compare_names(x->budget, y->budget);

    if (!d)
        d = x->method_index - y->method_index;
    if (!d)
        d = x->metric_index - y->metric_index;
    return d ? d : compare_names(x->seed, y->seed);
}

/* Orders summaries as by_metric orders results. */
static int
by_summary(const void *a, const void *b)
{
    const struct seg_summary *x = a, *y = b;
    int d = compare_names(x->budget, y->budget);

    if (!d)
        d = x->method_index - y->method_index;
    return d ? d : x->metric_index - y->metric_index;
}

/* Adds a value by Welford's method, in which equal values have the deviation 0.
   Until `finish`, sd is the sum of squared deviations. */
static void
add_value(struct seg_summary *s, double value)
{
    double d = value - s->mean;

    s->mean += d / ++s->n;
    s->sd += d * (value - s->mean);
}

static void
finish(struct seg_summary *s)
{
    s->sd = s->n > 1 ? sqrt(s->sd / (s->n - 1)) : NAN;
    if (!s->n)
        s->mean = NAN;
}

/* Needs results in the order of by_metric, and as many summaries as results. */
static void
summarize(struct seg_table *t)
{
    for (int i = 0; i < t->n; i++) {
        const struct seg_result *r = t->result + i;
        struct seg_summary s = {r->budget, r->method, r->metric,
            r->method_index, r->metric_index, 0, 0, 0};

        if (!t->summaries || by_summary(t->summary + t->summaries - 1, &s))
            t->summary[t->summaries++] = s;
        add_value(t->summary + t->summaries - 1, r->value);
    }
    for (int i = 0; i < t->summaries; i++)
        finish(t->summary + i);
}

int
seg_table_sort(struct seg_table *t, struct seg_err *e)
{
    if (!t->n)
        return 0;
    t->summary = seg_take(&t->arena, (size_t)t->n, sizeof *t->summary, e);
    if (!t->summary)
        return -1;
    qsort(t->budgets.name, (size_t)t->budgets.n, sizeof *t->budgets.name,
        by_budget);
    qsort(t->result, (size_t)t->n, sizeof *t->result, by_metric);
    summarize(t);
    qsort(t->result, (size_t)t->n, sizeof *t->result, by_seed);
    return 0;
}

struct seg_summary
seg_table_summary(
    const struct seg_table *t, const char *budget, int method, int metric)
{
    struct seg_summary wanted = {budget, NULL, NULL, method, metric, 0, 0, 0};
    const struct seg_summary *s =
        t->summaries ? bsearch(&wanted, t->summary, (size_t)t->summaries,
                           sizeof wanted, by_summary)
                     : NULL;

    finish(&wanted);
    return s ? *s : wanted;
}

void
seg_table_free(struct seg_table *t)
{
    seg_key_counter_free(&t->seen);
    seg_key_counter_free(&t->budgets.known);
    seg_key_counter_free(&t->methods.known);
    seg_key_counter_free(&t->metrics.known);
    seg_arena_free(&t->arena);
    *t = (struct seg_table){0};
}
