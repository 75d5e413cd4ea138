/*
 * seg-project: shows in two dimensions how a network arranges the classes.
 *
 * Feature vectors of pixels, sampled by class, are projected by PCA or t-SNE.
 * The projection is for the eye; --measures computes numbers from the feature
 * vectors themselves.
 */
#include "cmd/cli/cli.h"
#include "cmd/project/output.h"
#include "lib/project/pca.h"
#include "lib/project/tsne.h"

enum { TSNE, PCA, MOST_POINTS = 5000 };
static const char *const methods[] = {"tsne", "pca", NULL};

static struct {
    const char *tensor, *measures, *plot;
    int method, per_class, size_px[2];
    struct seg_tsne_opts tsne;
} opts = {.tensor = "embedding",
    .per_class = 200,
    .size_px = {720, 720},
    .tsne = {30, 1000}};

static struct cli_option options[] = {
    {0, "method", CLI_CHOICE, &opts.method, 0, 0, methods, 0, "METHOD",
        "projection: tsne or pca (tsne)"},
    {'t', "tensor", CLI_TEXT, &opts.tensor, 0, 0, NULL, 0, "NAME",
        "tensor of the feature vectors (embedding)"},
    {0, "per-class", CLI_INT, &opts.per_class, 1, MOST_POINTS, NULL, 0, "N",
        "pixels of each class; at most 5000 in all (200)"},
    {0, "perplexity", CLI_FLOAT, &opts.tsne.perplexity, 1, 1000, NULL, 0, "X",
        "tsne: effective number of neighbors (30)"},
    {0, "iterations", CLI_INT, &opts.tsne.iterations, 250, 100000, NULL, 0, "N",
        "tsne: steps of the descent (1000)"},
    {0, "measures", CLI_TEXT, &opts.measures, 0, 0, NULL, CLI_ASIDE, "FILE",
        "write cosines, purity and a linear probe to FILE"},
    {0, "plot", CLI_TEXT, &opts.plot, 0, 0, NULL, CLI_ASIDE, "FILE",
        "draw the points to FILE, a PNG"},
    {0, "size", CLI_WXH, opts.size_px, 64, 4096, NULL, 0, "WxH",
        "plot size in pixels, without legend (720x720)"},
    CLI_SEED,
    CLI_OUTPUT_FRESH,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-project",
    .summary = "project embeddings of pixels to a plane: PCA, t-SNE",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-project --plot classes.png --measures m.tsv emb.st",
    .see_also = "seg-plot(1), seg-predict(1), seg-pretrain(1)",
};

static const struct seg_tensor *
need_tensor(const struct seg_record *rec, const char *name)
{
    const struct seg_tensor *t = seg_record_find(rec, name);

    if (!t)
        cli_fail(SEG_EDATA, "%s: no tensor %s", seg_record_name(rec), name);
    return t;
}

static void
add_record(struct seg_point_sampler *s, struct cli_project_classes *c,
    const struct seg_record *rec)
{
    const struct seg_tensor *map = need_tensor(rec, opts.tensor);
    const struct seg_tensor *label = need_tensor(rec, "label");
    const char *name = seg_record_name(rec);
    struct seg_err e;

    cli_check(seg_known_classes_check(&c->known, rec, name, &e), &e);
    if (!c->list.n)
        cli_check(seg_classes_read(&c->list, c->known.arena, rec, &e), &e);
    if (c->list.n)
        cli_check(seg_classes_check(&c->list, label, name, &e), &e);
    cli_check(
        seg_point_sampler_add(s, rec, map, label, c->list.ignore, &e), &e);
}

static void
show_progress(void *progress, int done)
{
    cli_progress(progress, "iterations", (uint64_t)done,
        (uint64_t)opts.tsne.iterations, "");
}

/* The layout [n,2]. */
static float *
project(const struct seg_points *p, struct seg_arena *a)
{
    struct cli_progress progress = {0};
    double share[2], kl;
    struct seg_err e;
    float *y = cli_need(seg_take(a, (size_t)p->n, 2 * sizeof *y, &e), &e);

    cli_check(seg_pca(y, share, p->x, p->n, p->d, a, &e), &e);
    if (opts.method == PCA) {
        cli_note("%d points, %.3g %% and %.3g %% of the variance", p->n,
            100 * share[0], 100 * share[1]);
        return y;
    }
    cli_check(seg_tsne(y, &kl, p->x, p->n, p->d, &opts.tsne, show_progress,
                  &progress, a, &e),
        &e);
    cli_progress_end(&progress);
    cli_note("%d points, KL divergence %.4g", p->n, kl);
    return y;
}

int
main(int argc, char **argv)
{
    struct seg_arena names = {0}, work = {0};
    struct cli_project_classes classes = {.known.arena = &names};
    struct seg_record rec = {0};
    struct seg_points points;
    struct cli_inputs in;
    struct seg_err e;
    int first = cli_parse(&program, argc, argv);
    struct seg_point_sampler *sampler = cli_take(1, sizeof *sampler);

    sampler->seed = cli.seed;
    sampler->per_class = opts.per_class;
    sampler->arena.limit = work.limit = cli.mem_limit;
    cli_inputs(&in, argc, argv, first);
    while (cli_next(&in, &rec))
        add_record(sampler, &classes, &rec);
    cli_check(seg_point_sampler_points(&points, sampler, MOST_POINTS, &e), &e);
    if (points.n < 3)
        cli_fail(SEG_EDATA, "%d labeled pixels; at least 3 expected", points.n);
    const float *y = project(&points, &work);
    if (opts.measures)
        cli_project_measures(opts.measures, &points, &classes, &work);
    if (opts.plot)
        cli_project_plot(opts.plot, opts.size_px, &points, y, &classes, &work);
    cli_project_points(&points, y, &classes);
    seg_record_free(&rec);
    seg_point_sampler_free(sampler);
    seg_arena_free(&names);
    seg_arena_free(&work);
    return 0;
}
