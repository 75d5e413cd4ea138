/*
 * seg-rank: ranks unlabeled images by how much a label is likely to help, from
 * predictions of the current network.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "lib/dataset/rank.h"

enum { UNCERTAINTY, DIVERSITY, BOTH };

static const char *const order_names[] = {
    "uncertainty", "diversity", "both", NULL};
static const char *const measure_names[] = {
    "entropy", "margin", "confidence", NULL};

static struct opts {
    int order, measure, only_keys;
    uint64_t count; /* UINT64_MAX: not given */
    double candidates;
    const char *labeled;
} opts = {.order = BOTH, .count = UINT64_MAX, .candidates = 4};

static struct cli_option options[] = {
    {'n', "count", CLI_U64, &opts.count, 1, 1e9, NULL, 0, "N",
        "print the first N images (all)"},
    {0, "order", CLI_CHOICE, &opts.order, 0, 0, order_names, 0,
        "uncertainty|diversity|both",
        "uncertain images, different ones, or different ones among the "
        "uncertain (both)"},
    {0, "measure", CLI_CHOICE, &opts.measure, 0, 0, measure_names, 0,
        "entropy|margin|confidence", "measure of uncertainty (entropy)"},
    {0, "candidates", CLI_FLOAT, &opts.candidates, 1, 1e9, NULL, 0, "X",
        "with --order both: choose among the X*N most uncertain (4)"},
    {0, "labeled", CLI_TEXT, &opts.labeled, 0, 0, NULL, 0, "FILE",
        "embeddings of the images that are labeled already"},
    {0, "only-keys", CLI_FLAG, &opts.only_keys, 0, 0, NULL, 0, NULL,
        "print only the keys, one a line"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-rank",
    .summary = "choose the images to label next",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-rank -n 8 --only-keys pred.st -o next.txt",
    .see_also = "seg-predict(1), seg-subset(1), seg-pick(1)",
};

struct image {
    const char *key;
    double uncertainty;
    double distance; /* from the nearest labeled or chosen image */
    const float *feature;
};

struct images {
    struct image *item;
    size_t n, capacity;
    size_t dim; /* of the features; 0: none read yet */
};

static struct seg_arena arena;

static void
add_image(struct images *all, const struct seg_record *rec, int uncertainty)
{
    struct seg_err e;
    struct image image = {0};

    if (!*seg_record_key(rec))
        cli_fail(SEG_EDATA, "%s: no key", seg_record_name(rec));
    all->item = cli_need(seg_grow(&arena, all->item, all->n, &all->capacity,
                             sizeof *all->item, &e),
        &e);
    image.key = cli_need(seg_take_string(&arena, seg_record_key(rec), &e), &e);
    if (uncertainty && opts.order != DIVERSITY)
        cli_check(seg_rank_uncertainty(&image.uncertainty,
                      (enum seg_rank_measure)opts.measure, rec, &e),
            &e);
    if (opts.order != UNCERTAINTY)
        image.feature =
            cli_need(seg_rank_feature(&all->dim, rec, &arena, &e), &e);
    all->item[all->n++] = image;
}

static void
read_labeled(struct images *all)
{
    struct seg_record rec = {0};
    struct seg_err e;
    int more;

    if (!opts.labeled || opts.order == UNCERTAINTY)
        return;
    struct seg_reader *in = cli_reader(opts.labeled);
    while ((more = cli_check(seg_reader_next(in, &rec, &e), &e)))
        add_image(all, &rec, 0);
    cli_close_reader(in);
    seg_record_free(&rec);
}

/* The most uncertain first; of equals, the first key. */
static int
by_uncertainty(const void *a, const void *b)
{
    const struct image *x = a, *y = b;
    int more =
        (x->uncertainty < y->uncertainty) - (x->uncertainty > y->uncertainty);

    return more ? more : strcmp(x->key, y->key);
}

/* Orders the first `count` of item[n] by k-center. */
static void
spread(struct image *item, int n, int count, const struct images *labeled)
{
    size_t all = (size_t)n + labeled->n;
    const float **feature = cli_take(all, sizeof *feature);
    int *order = cli_take((size_t)count, sizeof *order);
    double *distance = cli_take((size_t)count, sizeof *distance);
    struct image *chosen = cli_take((size_t)count, sizeof *chosen);
    struct seg_err e;

    for (int i = 0; i < n; i++)
        feature[i] = item[i].feature;
    for (size_t i = 0; i < labeled->n; i++)
        feature[(size_t)n + i] = labeled->item[i].feature;
    cli_check(seg_rank_centers(order, distance, count, feature, n,
                  (int)labeled->n, labeled->dim, &arena, &e),
        &e);
    for (int j = 0; j < count; j++) {
        chosen[j] = item[order[j]];
        chosen[j].distance = distance[j];
    }
    memcpy(item, chosen, (size_t)count * sizeof *item);
}

static void
print(const struct image *item, int count)
{
    FILE *out = cli_text();

    if (!opts.only_keys)
        fprintf(out, "key%s%s\n",
            opts.order == DIVERSITY ? "" : "\tuncertainty",
            opts.order == UNCERTAINTY ? "" : "\tdistance");
    for (int i = 0; i < count; i++) {
        fputs(cli_shown(item[i].key, ""), out);
        if (!opts.only_keys && opts.order != DIVERSITY)
            fprintf(out, "\t%.6f", item[i].uncertainty);
        if (!opts.only_keys && opts.order != UNCERTAINTY)
            fprintf(out, "\t%.6g", item[i].distance);
        putc('\n', out);
    }
    cli_close_text(out);
}

/* The number of images to choose of n. */
static int
images_wanted(size_t n)
{
    if (!n)
        cli_fail(SEG_EDATA, "no records: there is nothing to rank");
    if (n > INT_MAX / 2)
        cli_fail(SEG_EDATA, "too many records");
    if (opts.count == UINT64_MAX)
        return (int)n;
    if (opts.count > n)
        cli_fail(SEG_EDATA, "--count %ju: there are %zu records",
            (uintmax_t)opts.count, n);
    return (int)opts.count;
}

int
main(int argc, char **argv)
{
    struct cli_inputs in;
    struct seg_record rec = {0};
    struct images all = {0}, labeled = {0};
    int first = cli_parse(&program, argc, argv);

    if (opts.order == BOTH && opts.count == UINT64_MAX)
        cli_usage("--order both requires --count: it chooses among the most "
                  "uncertain images");
    arena.limit = cli_table_limit();
    read_labeled(&labeled);
    all.dim = labeled.dim;
    cli_inputs(&in, argc, argv, first);
    while (cli_next(&in, &rec))
        add_image(&all, &rec, 1);
    int n = (int)all.n, count = images_wanted(all.n);
    qsort(all.item, all.n, sizeof *all.item, by_uncertainty);
    if (opts.order == BOTH && opts.candidates * count < n)
        n = (int)(opts.candidates * count);
    labeled.dim = all.dim;
    if (opts.order != UNCERTAINTY)
        spread(all.item, n, count, &labeled);
    print(all.item, count);
    seg_record_free(&rec);
    seg_arena_free(&arena);
    return 0;
}
