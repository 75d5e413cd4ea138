#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/dataset/subset.h"
#include "lib/label/labelmap.h"

enum { CLASSES = 256 };

int
seg_presence_has(const struct seg_presence *p, int class)
{
    return p->bits[class >> 6] >> (class & 63) & 1;
}

int
seg_presence_read(struct seg_presence *p, const struct seg_tensor *t,
    int ignore, const char *key, struct seg_err *e)
{
    uint8_t present[CLASSES] = {0};

    *p = (struct seg_presence){{0}};
    if (!t)
        return seg_fail(e, SEG_EDATA, "%s: no tensor label", key);
    if (seg_classes_shape(t, key, e))
        return -1;
    for (size_t i = 0; i < t->bytes; i++)
        present[((const uint8_t *)t->data)[i]] = 1;
    for (int c = 0; c < CLASSES; c++)
        if (present[c] && c != ignore)
            p->bits[c >> 6] |= (uint64_t)1 << (c & 63);
    return 0;
}

static int
by_key(const void *a, const void *b)
{
    const struct seg_subset_item *const *x = a, *const *y = b;
    int order = strcmp((*x)->key, (*y)->key);

    return order ? order : (*x > *y) - (*x < *y);
}

int
seg_subset_join(struct seg_subset_item *item, int *unit, int n,
    struct seg_arena *a, struct seg_err *e)
{
    const struct seg_subset_item **row =
        seg_take_dirty(a, (size_t)n, sizeof *row, e);
    int *first = seg_take_dirty(a, (size_t)n, sizeof *first, e);
    int units = 0;

    if (!row || !first)
        return -1;
    for (int i = 0; i < n; i++)
        row[i] = item + i;
    qsort(row, (size_t)n, sizeof *row, by_key);
    for (int i = 0; i < n; i++)
        first[row[i] - item] = i && !strcmp(row[i]->key, row[i - 1]->key)
                                   ? first[row[i - 1] - item]
                                   : (int)(row[i] - item);
    for (int i = 0; i < n; i++) {
        const struct seg_presence has = item[i].has;

        unit[i] = first[i] == i ? units : unit[first[i]];
        if (first[i] == i)
            item[units++] = item[i]; /* units <= i */
        for (int k = 0; k < 4; k++)
            item[unit[i]].has.bits[k] |= has.bits[k];
    }
    return units;
}

struct draw {
    uint64_t number;
    int item;
};

static int
by_number(const void *a, const void *b)
{
    const struct draw *x = a, *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->item - y->item;
}

int
seg_subset_random(int *order, const struct seg_subset_item *item, int n,
    uint64_t seed, struct seg_arena *a, struct seg_err *e)
{
    struct draw *t = seg_take_dirty(a, (size_t)n, sizeof *t, e);

    if (!t)
        return -1;
    for (int i = 0; i < n; i++) {
        struct seg_rng r = seg_rng_make(seed, item[i].key, "subset", 0);

        t[i] = (struct draw){seg_rng_bits(&r), i};
    }
    qsort(t, (size_t)n, sizeof *t, by_number);
    for (int i = 0; i < n; i++)
        order[i] = t[i].item;
    return 0;
}

struct strata {
    const struct seg_subset_item *item;
    const int *row; /* the random order; decides between equals */
    char *taken;    /* by position in row */
    int n;
    int total[CLASSES], chosen[CLASSES]; /* items that contain the class */
    /* no item before this position in row is left for the class */
    int next[CLASSES];
};

/* The class with the smallest chosen / total that still has items, or -1. */
static int
most_underrepresented(const struct strata *s)
{
    int best = -1;

    for (int c = 0; c < CLASSES; c++) {
        if (s->chosen[c] == s->total[c])
            continue;
        if (best < 0) {
            best = c;
            continue;
        }
        int64_t ours = (int64_t)s->chosen[c] * s->total[best];
        int64_t theirs = (int64_t)s->chosen[best] * s->total[c];
        if (ours < theirs || (ours == theirs && s->total[c] < s->total[best]))
            best = c;
    }
    return best;
}

/* Number of classes of the item that no chosen item contains yet. */
static int
count_new_classes(const struct strata *s, const struct seg_presence *has)
{
    int n = 0;

    for (int c = 0; c < CLASSES; c++)
        n += !s->chosen[c] && seg_presence_has(has, c);
    return n;
}

/* The position in row of the item to take for class c. */
static int
choose(struct strata *s, int c)
{
    int best = -1, most = 0;

    while (s->taken[s->next[c]] ||
           !seg_presence_has(&s->item[s->row[s->next[c]]].has, c))
        s->next[c]++;
    if (s->chosen[c])
        return s->next[c];
    for (int i = s->next[c]; i < s->n; i++) {
        const struct seg_presence *has = &s->item[s->row[i]].has;

        if (!s->taken[i] && seg_presence_has(has, c) &&
            count_new_classes(s, has) > most) {
            most = count_new_classes(s, has);
            best = i;
        }
    }
    return best;
}

int
seg_subset_stratified(int *order, const struct seg_subset_item *item, int n,
    uint64_t seed, struct seg_arena *a, struct seg_err *e)
{
    struct strata s = {.item = item, .n = n};
    int *row = seg_take(a, (size_t)n, sizeof *row, e);

    s.taken = seg_take(a, (size_t)n, 1, e);
    if (!row || !s.taken || seg_subset_random(row, item, n, seed, a, e))
        return -1;
    s.row = row;
    for (int i = 0; i < n; i++)
        for (int c = 0; c < CLASSES; c++)
            s.total[c] += seg_presence_has(&item[i].has, c);
    int k = 0;
    for (int c; (c = most_underrepresented(&s)) >= 0; k++) {
        int i = choose(&s, c);

        s.taken[i] = 1;
        order[k] = row[i];
        for (int d = 0; d < CLASSES; d++)
            s.chosen[d] += seg_presence_has(&item[row[i]].has, d);
    }
    for (int i = 0; i < n; i++)
        if (!s.taken[i])
            order[k++] = row[i];
    return 0;
}

void
seg_subset_even(int *order, int n, int count)
{
    for (int i = 0; i < count; i++)
        order[i] = (int)((int64_t)i * n / count);
}
