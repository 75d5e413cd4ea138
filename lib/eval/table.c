#define _GNU_SOURCE /* qsort_r */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/eval/table.h"

static int
place_of(const struct seg_names *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (!strcmp(names->name[i], name))
            return i;
    return -1;
}

/* The one copy of a name; NULL without memory. */
static const char *
intern(struct seg_table *t, struct seg_names *names, const char *name,
    struct seg_err *e)
{
    int at = place_of(names, name);

    if (at >= 0)
        return names->name[at];
    const char **list = seg_grow(
        &t->arena, names->name, names->n, &names->room, sizeof *list, e);
    if (!list)
        return NULL;
    names->name = list;
    list[names->n] = seg_take_string(&t->arena, name, e);
    return list[names->n] ? list[names->n++] : NULL;
}

int
seg_table_add(
    struct seg_table *t, const struct seg_result *r, struct seg_err *e)
{
    for (int i = 0; i < t->n; i++) {
        const struct seg_result *o = t->result + i;

        if (!strcmp(o->seed, r->seed) && !strcmp(o->metric, r->metric) &&
            !strcmp(o->method, r->method) && !strcmp(o->budget, r->budget))
            return seg_fail(e, SEG_EDATA,
                "%s of budget %s, method %s, seed %s is there twice", r->metric,
                r->budget, r->method, r->seed);
    }
    struct seg_result *list =
        seg_grow(&t->arena, t->result, t->n, &t->room, sizeof *list, e);
    if (!list)
        return -1;
    t->result = list;
    list += t->n;
    list->budget = intern(t, &t->budgets, r->budget, e);
    list->method = intern(t, &t->methods, r->method, e);
    list->metric = intern(t, &t->metrics, r->metric, e);
    list->seed = seg_take_string(&t->arena, r->seed, e);
    list->value = r->value;
    if (!list->budget || !list->method || !list->metric || !list->seed)
        return -1;
    t->n++;
    return 0;
}

/* Numbers by value and before words; words by their bytes. */
static int
compare_names(const char *a, const char *b)
{
    char *end_a, *end_b;
    double x = strtod(a, &end_a), y = strtod(b, &end_b);
    int word_a = end_a == a || *end_a, word_b = end_b == b || *end_b;

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
by_place(const void *a, const void *b, void *table)
{
    const struct seg_result *x = a, *y = b;
    const struct seg_table *t = table;
    int d = place_of(&t->budgets, x->budget) - place_of(&t->budgets, y->budget);

    if (!d)
        d = place_of(&t->methods, x->method) - place_of(&t->methods, y->method);
    if (!d)
        d = compare_names(x->seed, y->seed);
    if (!d)
        d = place_of(&t->metrics, x->metric) - place_of(&t->metrics, y->metric);
    return d;
}

void
seg_table_sort(struct seg_table *t)
{
    if (!t->n)
        return;
    qsort(t->budgets.name, (size_t)t->budgets.n, sizeof *t->budgets.name,
        by_budget);
    qsort_r(t->result, (size_t)t->n, sizeof *t->result, by_place, t);
}

struct seg_summary
seg_table_summary(const struct seg_table *t, const char *budget,
    const char *method, const char *metric)
{
    struct seg_summary s = {0, 0, 0};

    /* Welford: exact for equal values, so that their deviation is 0 */
    for (int i = 0; i < t->n; i++) {
        const struct seg_result *r = t->result + i;

        if (strcmp(r->budget, budget) || strcmp(r->method, method) ||
            strcmp(r->metric, metric))
            continue;
        double d = r->value - s.mean;
        s.mean += d / ++s.n;
        s.sd += d * (r->value - s.mean);
    }
    s.sd = s.n > 1 ? sqrt(s.sd / (s.n - 1)) : NAN;
    if (!s.n)
        s.mean = NAN;
    return s;
}

void
seg_table_free(struct seg_table *t)
{
    seg_arena_free(&t->arena);
    *t = (struct seg_table){0};
}
