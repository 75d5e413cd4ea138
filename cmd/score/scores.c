#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "cmd/cli/scratch_file.h"
#include "cmd/score/scores.h"
#include "formats/table/json_tables.h"
#include "formats/table/matrix.h"
#include "lib/label/labelmap.h"

static void
put(FILE *f, double x)
{
    if (isnan(x))
        fputs("\t-", f);
    else
        fprintf(f, "\t%.6f", x);
}

static void
put_metric(FILE *f, const char *name, double x)
{
    fputs(name, f);
    put(f, x);
    fputc('\n', f);
}

/* ---- the classes ---- */

static void
put_class_titles(FILE *f, const struct cli_scoring *j)
{
    fputs("class\tiou\tdice\tprecision\trecall\ttruth\tpredicted", f);
    if (j->outline)
        fputs("\tboundary_iou\tboundary_f", f);
    if (j->surface)
        fputs("\thd95\tassd\tnsd\tmissing", f);
    fputc('\n', f);
}

static void
put_class(FILE *f, const struct cli_scoring *j, int i, struct seg_class_score s)
{
    fputs(j->scorer.names[i], f);
    put(f, s.iou);
    put(f, s.dice);
    put(f, s.precision);
    put(f, s.recall);
    fprintf(f, "\t%" PRIu64 "\t%" PRIu64, s.truth, s.pred);
    if (j->outline) {
        put(f, seg_boundary_iou(j->outline + i));
        put(f, seg_mean_value(j->outline[i].f));
    }
    if (j->surface) {
        put(f, seg_mean_value(j->surface[i].hd95));
        put(f, seg_mean_value(j->surface[i].assd));
        put(f, seg_mean_value(j->surface[i].nsd));
        fprintf(f, "\t%" PRIu64, j->surface[i].missing);
    }
    fputc('\n', f);
}

static void
put_classes(FILE *f, const struct cli_scoring *j)
{
    struct seg_class_score s[SEG_CLASSES];
    int k = j->scorer.all.classes;

    put_class_titles(f, j);
    seg_score_sums_classes(s, j->scorer.sums, k, &j->convention);
    for (int i = 0; i < k; i++)
        put_class(f, j, i, s[i]);
}

/* ---- the metrics ---- */

/* Means over the classes that have a score, without the background. */
static void
put_outlines(FILE *f, const struct cli_scoring *j)
{
    struct seg_mean iou = {0}, score = {0};

    for (int i = 0; i < j->scorer.all.classes; i++) {
        if (i == j->convention.background)
            continue;
        seg_mean_add(&iou, seg_boundary_iou(j->outline + i), SEG_ABSENT_SKIP);
        seg_mean_add(&score, seg_mean_value(j->outline[i].f), SEG_ABSENT_SKIP);
    }
    put_metric(f, "boundary_iou", seg_mean_value(iou));
    put_metric(f, "boundary_f", seg_mean_value(score));
}

static void
put_surfaces(FILE *f, const struct cli_scoring *j)
{
    struct seg_mean hd95 = {0}, assd = {0}, nsd = {0};

    for (int i = 0; i < j->scorer.all.classes; i++) {
        const struct cli_scoring_surface *s = j->surface + i;

        seg_mean_add(&hd95, seg_mean_value(s->hd95), SEG_ABSENT_SKIP);
        seg_mean_add(&assd, seg_mean_value(s->assd), SEG_ABSENT_SKIP);
        seg_mean_add(&nsd, seg_mean_value(s->nsd), SEG_ABSENT_SKIP);
    }
    put_metric(f, "hd95", seg_mean_value(hd95));
    put_metric(f, "assd", seg_mean_value(assd));
    put_metric(f, "nsd", seg_mean_value(nsd));
}

static void
put_metrics(FILE *f, const struct cli_scoring *j, const struct seg_scores *all)
{
    const struct seg_confusion *c = &j->scorer.all;

    fputs("\nmetric\tvalue\n", f);
    for (int i = 0; i < SEG_METRICS; i++)
        put_metric(f, seg_metric_names[i], all->value[i]);
    if (j->outline)
        put_outlines(f, j);
    if (j->surface)
        put_surfaces(f, j);
    if (j->calibration.bins) {
        struct seg_calibration_scores s =
            seg_calibration_scores(&j->calibration);

        put_metric(f, "ece", s.ece);
        put_metric(f, "brier", s.brier);
        put_metric(f, "nll", s.nll);
    }
    fprintf(f, "classes\t%d\nimages\t%" PRIu64 "\npixels\t%" PRIu64,
        all->present, c->images, all->pixels);
    fprintf(f, "\nignored\t%" PRIu64 "\n", c->ignored);
}

/* ---- intervals and tests ---- */

static void
put_interval(FILE *f, struct cli_scoring *j, const struct seg_resamples *other,
    int metric)
{
    struct seg_err e;
    struct seg_interval v;

    seg_arena_reset(&j->scratch);
    cli_check(seg_resamples_interval(&v, &j->draws, other, metric,
                  &j->convention, &j->scratch, &e),
        &e);
    put(f, v.low);
    put(f, v.high);
}

static void
put_intervals(FILE *f, struct cli_scoring *j, const struct seg_scores *all)
{
    fputs("\ninterval\tvalue\tlow\thigh\n", f);
    for (int i = 0; i < SEG_METRICS; i++) {
        fputs(seg_metric_names[i], f);
        put(f, all->value[i]);
        put_interval(f, j, NULL, i);
        fputc('\n', f);
    }
}

static void
put_paired(FILE *f, struct cli_scoring *j, const struct seg_scores *all)
{
    struct seg_scores other = seg_score_sums_scores(
        j->other.sums, j->other.all.classes, &j->convention);

    fputs("\npaired\tvalue\tagainst\tdifference\tlow\thigh\tp\n", f);
    for (int i = 0; i < SEG_METRICS; i++) {
        double difference = all->value[i] - other.value[i];

        fputs(seg_metric_names[i], f);
        put(f, all->value[i]);
        put(f, other.value[i]);
        put(f, difference);
        put_interval(f, j, &j->other_draws, i);
        put(f, seg_resamples_p(difference, &j->swapped, &j->other_swapped, i,
                   &j->convention));
        fputc('\n', f);
    }
}

static void
put_tables(FILE *f, struct cli_scoring *j)
{
    struct seg_scores all = seg_score_sums_scores(
        j->scorer.sums, j->scorer.all.classes, &j->convention);

    put_classes(f, j);
    put_metrics(f, j, &all);
    if (j->resamples)
        put_intervals(f, j, &all);
    if (j->resamples && j->paired)
        put_paired(f, j, &all);
}

void
cli_scores(FILE *f, struct cli_scoring *j, int json)
{
    struct seg_err e;
    size_t n;

    if (!json) {
        put_tables(f, j);
        return;
    }
    FILE *tables = cli_scratch_file();
    put_tables(tables, j);
    char *text = cli_scratch_read(tables, &n, &j->scratch);
    fputs(cli_need(seg_json_tables(&j->scratch, text, &e), &e), f);
}

/* ---- side outputs ---- */

void
cli_image_titles(FILE *f, int classes, const char *const *names)
{
    fputs("key\tpixels\tignored\tmiou\tmdice\taccuracy", f);
    for (int i = 0; i < classes; i++)
        fprintf(f, "\tiou.%s", names[i]);
    for (int i = 0; i < classes; i++)
        fprintf(f, "\tdice.%s", names[i]);
    fputc('\n', f);
}

void
cli_image_scores(FILE *f, const struct seg_confusion *c, const char *key,
    const struct seg_convention *convention)
{
    struct seg_scores all = seg_score_all(c, convention);

    fprintf(f, "%s\t%" PRIu64 "\t%" PRIu64, key, all.pixels, c->ignored);
    put(f, all.value[SEG_MIOU]);
    put(f, all.value[SEG_MDICE]);
    put(f, all.value[SEG_ACCURACY]);
    for (int i = 0; i < c->classes; i++)
        put(f, seg_score_class(c, i).iou);
    for (int i = 0; i < c->classes; i++)
        put(f, seg_score_class(c, i).dice);
    fputc('\n', f);
}

void
cli_surface_titles(FILE *f)
{
    fputs("key\tclass\tdice\tiou\thd95\tassd\tnsd\tunit\tin\n", f);
}

void
cli_surface_scores(FILE *f, const char *key, const char *name,
    struct seg_class_score c, const struct seg_surface *s, const char *unit)
{
    static const char *const in[] = {"both", "truth", "pred", "neither"};

    fprintf(f, "%s\t%s", key, name);
    put(f, c.dice);
    put(f, c.iou);
    put(f, s->hd95);
    put(f, s->assd);
    put(f, s->nsd);
    fprintf(f, "\t%s\t%s\n", unit, in[s->missing]);
}

void
cli_reliability(FILE *f, const struct seg_calibration *c)
{
    fputs("low\thigh\tpixels\tconfidence\taccuracy\n", f);
    for (int i = 0; i < c->bins; i++) {
        const struct seg_bin *b = c->bin + i;
        double n = (double)b->n;

        if (!b->n)
            continue;
        fprintf(f, "%.6f\t%.6f\t%" PRIu64, (double)i / c->bins,
            (i + 1.) / c->bins, b->n);
        put(f, b->confidence / n);
        put(f, (double)b->hit / n);
        fputc('\n', f);
    }
}

void
cli_matrix(FILE *f, struct seg_scorer *s)
{
    struct seg_err e;

    fputs(cli_need(seg_matrix_text(&s->all, s->names, &s->arena, &e), &e), f);
}

/* Not an error, because this may be a shard whose matrix is merged with
   others. */
void
cli_warn_all_ignored(const struct seg_scorer *s)
{
    for (int i = 0; i < s->all.classes; i++)
        if (seg_score_class(&s->all, i).truth)
            return;
    cli_warn("no pixel is scored: the truth of all %" PRIu64
             " images has the ignore value %d",
        s->all.images, s->all.ignore);
}

void
cli_scores_merge(struct seg_scorer *s, char **path, int n)
{
    for (int i = 0; i < n; i++) {
        struct seg_err e;
        struct seg_confusion part;
        const char *const *names;
        char *text = cli_read_text_table(&s->arena, path[i]);

        if (seg_matrix_parse(&part, &names, &s->arena, text, path[i], &e) ||
            seg_scorer_merge(s, &part, names, path[i], &e))
            cli_die(&e);
    }
}
