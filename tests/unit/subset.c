/* Label budgets: nested, independent of order, and spread over the classes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/dataset/subset.h"
#include "tests/unit/tap.h"

enum { N = 200, CLASSES = 12 };

static struct seg_err e;
static struct seg_arena a;
static char name[N][16];
static struct seg_subset_item item[N];

typedef int order_fn(int *, const struct seg_subset_item *, int, uint64_t,
    struct seg_arena *, struct seg_err *);

/* Class c is in about one of 2^c items; class 0 in all except the last ten,
   which have no class. */
static void
make_items(void)
{
    for (int i = 0; i < N; i++) {
        struct seg_rng r = seg_rng_make(1, NULL, "test", (uint64_t)i);

        snprintf(name[i], sizeof name[i], "item/%03d", i);
        item[i] = (struct seg_subset_item){.key = name[i]};
        for (int c = 0; c < CLASSES && i < N - 10; c++)
            if (seg_rng_below(&r, (uint64_t)1 << c) == 0)
                item[i].has.bits[0] |= (uint64_t)1 << c;
    }
}

/* 1 if order is a permutation; then its prefixes are nested. */
static int
is_permutation(const int *order)
{
    char seen[N] = {0};

    for (int i = 0; i < N; i++)
        if (order[i] < 0 || order[i] >= N || seen[order[i]]++)
            return 0;
    return 1;
}

static void
test_order(order_fn *make, const char *what)
{
    int order[N], again[N], good = 1, differ = 0, follows = 1;
    struct seg_subset_item turned[N];

    for (int i = 0; i < N; i++)
        turned[i] = item[N - 1 - i];
    for (uint64_t seed = 0; seed < 20; seed++) {
        good &= !make(order, item, N, seed, &a, &e) && is_permutation(order);
        good &= !make(again, turned, N, seed, &a, &e);
        for (int i = 0; i < N; i++)
            follows &= again[i] == N - 1 - order[i];
        good &= !make(again, item, N, seed + 1, &a, &e);
        differ += !!memcmp(order, again, sizeof order);
    }
    ok(good, "%s: every budget is part of the next, for any seed", what);
    ok(follows, "%s: the order of the input has no say", what);
    ok(differ == 20, "%s: seeds differ", what);
    ok(!make(order, item, 0, 1, &a, &e) && !make(order, item, 1, 1, &a, &e) &&
            order[0] == 0,
        "%s: none and one", what);
}

/* Items with class c among the first n. */
static int
have(const int *order, int n, int c)
{
    int found = 0;

    for (int i = 0; i < n; i++)
        found += seg_presence_has(&item[order[i]].has, c);
    return found;
}

static void
test_strata(void)
{
    int order[N], covered = 1, fair = 1, last = 1, by_chance = 0, occurring = 0;

    for (int i = 0; i < N; i++)
        order[i] = i;
    for (int c = 0; c < CLASSES; c++)
        occurring += have(order, N, c) > 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        if (seg_subset_random(order, item, N, seed, &a, &e))
            return;
        for (int c = 0; c < CLASSES; c++)
            by_chance += have(order, occurring, c) > 0;
        if (seg_subset_stratified(order, item, N, seed, &a, &e))
            return;
        for (int c = 0; c < CLASSES; c++) {
            int all = have(order, N, c);

            covered &= !all || have(order, occurring, c) > 0;
            /* the count of a class lags less than two items after its share */
            for (int n = occurring; n < N - 10; n++)
                fair &= have(order, n, c) + 2 >= all * (n - occurring) / N;
        }
        for (int i = 0; i < 10; i++)
            last &= order[N - 10 + i] >= N - 10;
    }
    ok(covered, "as many items as classes hold every class");
    ok(by_chance < 20 * occurring, "which chance alone does not do");
    ok(fair, "then each class grows with the budget");
    ok(last, "items without a class come last");
}

static void
test_even(void)
{
    int small[23], large[46], nested = 1, near = 1;

    seg_subset_even(small, 367, 23);
    seg_subset_even(large, 367, 46);
    for (int i = 0; i < 23; i++)
        nested &= large[2 * i] == small[i];
    for (int i = 1; i < 46; i++)
        near &= large[i] - large[i - 1] == 7 || large[i] - large[i - 1] == 8;
    ok(nested, "evenly spaced: a budget is part of its double");
    ok(near && large[0] == 0 && large[45] < 367, "distances differ by one");
}

static void
test_presence(void)
{
    uint8_t label[] = {3, 255, 200, 3, 63, 64};
    struct seg_tensor t = {"label", SEG_U8, 2, {2, 3}, sizeof label, label};
    struct seg_presence p;
    int n = 0;

    ok(!seg_presence_read(&p, &t, 255, "k", &e), "a label is read");
    for (int c = 0; c < 256; c++)
        n += seg_presence_has(&p, c);
    ok(n == 4 && seg_presence_has(&p, 3) && seg_presence_has(&p, 200) &&
            seg_presence_has(&p, 63) && seg_presence_has(&p, 64),
        "its classes, and not what is ignored");
    ok(seg_presence_read(&p, NULL, 255, "k", &e) && e.kind == SEG_EDATA,
        "no label is bad data");
    t.type = SEG_F32;
    ok(seg_presence_read(&p, &t, 255, "k", &e) && e.kind == SEG_EDATA,
        "so are floats");
}

int
main(void)
{
    make_items();
    test_order(seg_subset_random, "random");
    test_order(seg_subset_stratified, "stratified");
    test_strata();
    test_even();
    test_presence();
    seg_arena_free(&a);
    return done();
}
