#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hash.h"
#include "lib/score/table.h"

/* The place of the one copy of a name; -1 without memory. */
static int
intern(struct seg_table *t, struct seg_names *names, const char *name,
    struct seg_err *e)
{
    struct seg_key_counter_slot *slot;

    if (seg_key_counter_add_hash(
            &names->known, seg_hash(name, strlen(name)), &slot, e))
        return -1;
    if (slot->count > 1)
        return (int)slot->first;
    const char **list = seg_grow(&t->arena, names->name, (size_t)names->n,
        &names->room, sizeof *list, e);
    if (!list)
        return -1;
    names->name = list;
    list[names->n] = seg_take_string(&t->arena, name, e);
    slot->first = (uint64_t)names->n;
    return list[names->n] ? names->n++ : -1;
}

/* Refuses a second result of one place. */
static int
check_new(struct seg_table *t, const struct seg_result *r, struct seg_err *e)
{
    const char *part[] = {r->budget, r->method, r->seed, r->metric};
    struct seg_key_counter_slot *slot;
    uint64_t hash = 0;

    for (int i = 0; i < 4; i++)
        hash = seg_hash_more(hash, part[i], strlen(part[i]));
    if (seg_key_counter_add_hash(&t->places, hash, &slot, e))
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
    struct seg_result *list =
        seg_grow(&t->arena, t->result, (size_t)t->n, &t->room, sizeof *list, e);
    if (!list)
        return -1;
    t->result = list;
    int budget = intern(t, &t->budgets, r->budget, e);
    int method = intern(t, &t->methods, r->method, e);
    int metric = intern(t, &t->metrics, r->metric, e);
    char *seed = seg_take_string(&t->arena, r->seed, e);
    if (budget < 0 || method < 0 || metric < 0 || !seed)
        return -1;
    list[t->n++] =
        (struct seg_result){t->budgets.name[budget], t->methods.name[method],
            seed, t->metrics.name[metric], r->value, method, metric};
    return 0;
}

/* Numbers by value and before words; words by their bytes. */
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
        d = x->method_at - y->method_at;
    if (!d)
        d = compare_names(x->seed, y->seed);
    return d ? d : x->metric_at - y->metric_at;
}

static int
by_metric(const void *a, const void *b)
{
    const struct seg_result *x = a, *y = b;
    int d = compare_names(x->budget, y->budget);

    if (!d)
        d = x->method_at - y->method_at;
    if (!d)
        d = x->metric_at - y->metric_at;
    return d ? d : compare_names(x->seed, y->seed);
}

/* The order of summaries: by_metric without the seeds. */
static int
by_place(const void *a, const void *b)
{
    const struct seg_summary *x = a, *y = b;
    int d = compare_names(x->budget, y->budget);

    if (!d)
        d = x->method_at - y->method_at;
    return d ? d : x->metric_at - y->metric_at;
}

/* The next value of a place, by Welford: exact for equal values, so that their
   deviation is 0.  Until `finish`, sd is the sum of squares. */
static void
count_in(struct seg_summary *s, double value)
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

/* Results in the order of by_metric; there is room for each to be alone. */
static void
summarize(struct seg_table *t)
{
    for (int i = 0; i < t->n; i++) {
        const struct seg_result *r = t->result + i;
        struct seg_summary s = {r->budget, r->method, r->metric, r->method_at,
            r->metric_at, 0, 0, 0};

        if (!t->summaries || by_place(t->summary + t->summaries - 1, &s))
            t->summary[t->summaries++] = s;
        count_in(t->summary + t->summaries - 1, r->value);
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
                           sizeof wanted, by_place)
                     : NULL;

    finish(&wanted);
    return s ? *s : wanted;
}

void
seg_table_free(struct seg_table *t)
{
    seg_key_counter_free(&t->places);
    seg_key_counter_free(&t->budgets.known);
    seg_key_counter_free(&t->methods.known);
    seg_key_counter_free(&t->metrics.known);
    seg_arena_free(&t->arena);
    *t = (struct seg_table){0};
}
