#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/sample/draw.h"
#include "lib/label/labelmap.h"
#include "lib/label/same_classes.h"

/* The classes that occur in each of n items.  *names: those of the classes, or
   NULL; *unlabeled: the first item without a labeled pixel, or unchanged. */
static struct seg_presence *
learn_classes(struct seg_reader *in, int n, const char **names,
    const char **unlabeled, struct seg_arena *a)
{
    static const struct seg_presence none;
    struct seg_record rec = {0};
    struct seg_known_classes known = {.arena = a};
    struct seg_err e;
    struct seg_presence *has =
        cli_need(seg_take(a, (size_t)n, sizeof *has, &e), &e);

    for (int i = 0; i < n; i++) {
        cli_check(seg_reader_at(in, (size_t)i, &rec, &e), &e);
        const char *key = seg_record_key(&rec);
        cli_check(seg_known_classes_check(&known, &rec, key, &e), &e);
        cli_check(seg_presence_read(has + i, seg_record_find(&rec, "label"),
                      SEG_IGNORE, key, &e),
            &e);
        if (!*unlabeled && !memcmp(has + i, &none, sizeof none))
            *unlabeled = cli_take_string(seg_record_name(&rec));
    }
    *names = known.names;
    seg_record_free(&rec);
    return has;
}

int
cli_find_class(const char *class, const char *names)
{
    char *end;
    long id = strtol(class, &end, 10);
    size_t length = strlen(class);

    for (int i = 0; names; i++) {
        size_t n = strcspn(names, "\t");

        if (n == length && !memcmp(names, class, n))
            return i;
        names = names[n] ? names + n + 1 : NULL;
    }
    if (*end || end == class || id < 0 || id >= SEG_CLASSES)
        cli_fail(SEG_EDATA, "--class %s: no such class in the input", class);
    return (int)id;
}

/* Removes from has[n] the classes that are not drawn. */
static void
select_classes(struct seg_presence *has, int n,
    const struct cli_draw_options *o, const char *names)
{
    struct seg_presence keep = {
        {~(uint64_t)o->foreground, ~0ull, ~0ull, ~0ull}};

    if (o->class) {
        int id = cli_find_class(o->class, names);

        keep = (struct seg_presence){{0}};
        keep.bits[id >> 6] = (uint64_t)1 << (id & 63);
    }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 4; k++)
            has[i].bits[k] &= keep.bits[k];
}

static void
keep_labeled(
    struct cli_draws *d, const struct seg_presence *has, const char *unlabeled)
{
    int all = d->n;

    d->n = 0;
    for (int i = 0; i < all; i++)
        if (has[i].bits[0] | has[i].bits[1] | has[i].bits[2] | has[i].bits[3])
            d->item[d->n++] = i;
    if (!d->n)
        cli_fail(SEG_EDATA, "%s: no item has a labeled pixel",
            seg_reader_name(d->in));
    if (d->n < all)
        cli_warn("%d of %d items have no labeled pixel and are left out, "
                 "first %s",
            all - d->n, all, unlabeled);
}

void
cli_draws_start(struct cli_draws *d, struct seg_reader *in,
    const struct cli_draw_options *o, struct seg_arena *a)
{
    struct seg_err e;
    int n = cli_index(in);
    const char *names, *unlabeled = NULL;

    *d = (struct cli_draws){.in = in,
        .share = o->share,
        .labeled = o->labeled,
        .n = n,
        .records = n,
        .epoch = UINT64_MAX};
    d->item = cli_need(seg_take(a, (size_t)n, sizeof *d->item, &e), &e);
    d->order = cli_need(seg_take(a, (size_t)n, sizeof *d->order, &e), &e);
    for (int i = 0; i < n; i++)
        d->item[i] = i;
    if (o->share == 0 && !o->labeled)
        return;
    struct seg_presence *has = learn_classes(in, n, &names, &unlabeled, a);
    if (o->labeled)
        keep_labeled(d, has, unlabeled);
    if (o->share == 0)
        return;
    select_classes(has, n, o, names);
    if (seg_balance_init(&d->balance, has, n, a, &e)) {
        if (e.kind == SEG_EDATA && o->class)
            cli_fail(SEG_EDATA, "no item has a pixel of class %s", o->class);
        cli_die(&e);
    }
}

struct cli_draw
cli_draws_get(struct cli_draws *d, uint64_t seed, uint64_t draw, int other)
{
    struct cli_draw c = {
        .class = d->labeled ? SEG_ANY_CLASS : SEG_NO_CLASS, .index = draw};
    double before = (double)draw * d->share;

    /* the share is kept as exactly as possible at every number of draws */
    if (floor(before + d->share) > floor(before)) {
        seg_balance_draw(&c.class, &c.item, &d->balance, seed,
            draw + ((uint64_t)other << 40));
        return c;
    }
    int k = seg_sample_item(d->order, d->n, &d->epoch, seed, draw);
    c.item = d->item[(k + other) % d->n];
    if (d->share == 0)
        c.index = d->epoch;
    return c;
}
