/*
 * Scores predictions against truth, in one pass.
 *
 * Everything printed follows from one confusion matrix of whole numbers, so
 * matrices of shards (--matrix) merge into exactly what one run gives.  With
 * --truth every prediction must find its truth and every truth its prediction:
 * a mean over the items that happened to arrive is not a result.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli.h"
#include "cmd/scores.h"
#include "cmd/slurp.h"
#include "formats/keyed.h"
#include "formats/matrix.h"
#include "lib/eval/scorer.h"

static struct {
    const char *truth, *per_image, *matrix;
    int merge, classes;
} opts;

static struct cli_option options[] = {
    {'t', "truth", CLI_TEXT, &opts.truth, 0, 0, 0, 0, "FILE",
        "take the labels from the stream FILE, by key"},
    {0, "per-image", CLI_TEXT, &opts.per_image, 0, 0, 0, CLI_SILENT, "FILE",
        "write a table with one row a record to FILE"},
    {0, "matrix", CLI_TEXT, &opts.matrix, 0, 0, 0, CLI_SILENT, "FILE",
        "write the confusion matrix to FILE"},
    {0, "merge", CLI_FLAG, &opts.merge, 0, 0, 0, 0, NULL,
        "operands are matrices written by --matrix: score their sum"},
    {'k', "classes", CLI_INT, &opts.classes, 1, SEG_CLASSES, 0, 0, "N",
        "number of classes, where the stream does not say it"},
    CLI_OUTPUT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-score",
    .summary = "score predictions: IoU, Dice, accuracy, confusion matrix",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
};

static void
score_streams(struct seg_scorer *s, struct cli_inputs *in, FILE *per_image)
{
    struct seg_err e;
    struct seg_record rec = {0}, other = {0};
    struct seg_keyed truth;
    struct seg_reader *reader = opts.truth ? cli_reader(opts.truth) : NULL;

    if (reader)
        cli_check(seg_keyed_open(&truth, reader, &e), &e);
    while (cli_next(in, &rec)) {
        const char *key = seg_record_key(&rec);
        int first = !s->names;

        if (reader)
            cli_check(seg_keyed_find(&truth, key, &other, &e), &e);
        cli_check(
            seg_scorer_add(s, &rec, reader ? &other : &rec, opts.classes, &e),
            &e);
        if (per_image && first)
            cli_image_titles(per_image, s->all.classes, s->names);
        if (per_image)
            cli_image_scores(per_image, &s->one, key);
    }
    if (reader) {
        cli_check(seg_keyed_all_found(&truth, &e), &e);
        seg_keyed_free(&truth);
        cli_close_reader(reader);
    }
    seg_record_free(&other);
    seg_record_free(&rec);
    if (!s->names) {
        seg_fail(&e, SEG_EDATA, "no records: there is nothing to score");
        cli_die(&e);
    }
}

static void
merge_files(struct seg_scorer *s, char **path, int n)
{
    for (int i = 0; i < n; i++) {
        struct seg_err e;
        struct seg_confusion part;
        const char *const *names;
        char *text = cli_slurp(&s->arena, path[i]);

        if (seg_matrix_parse(&part, &names, &s->arena, text, path[i], &e) ||
            seg_scorer_merge(s, &part, names, path[i], &e))
            cli_die(&e);
    }
}

/* A mean over fewer classes than there are must not pass in silence. */
static void
name_absent(const struct seg_scorer *s)
{
    for (int i = 0; i < s->all.classes; i++) {
        struct seg_class_score c = seg_score_class(&s->all, i);

        if (c.truth + c.pred == 0)
            cli_note("class %s is neither in truth nor predicted: left out of "
                     "the means",
                s->names[i]);
    }
}

/* A text file beside the one on stdout; NULL where none is wanted. */
static FILE *
open_table(struct cli_out **out, const char *path)
{
    if (!path)
        return NULL;
    *out = cli_create(path);
    return fdopen(dup(cli_out_fd(*out)), "w");
}

static void
close_table(FILE *f, struct cli_out *out, const char *path)
{
    struct seg_err e;

    if (!out)
        return;
    if (!f || ferror(f) | fclose(f)) {
        seg_fail(&e, SEG_EIO, "%s: %s", path, strerror(errno));
        cli_die(&e);
    }
    cli_commit(out);
}

static void
put_matrix(FILE *f, struct seg_scorer *s)
{
    struct seg_err e;
    char *text = seg_matrix_text(&s->all, s->names, &s->arena, &e);

    if (!text)
        cli_die(&e);
    fputs(text, f);
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    struct seg_scorer s = {0};
    struct cli_inputs in;
    struct cli_out *image_out = NULL, *matrix_out = NULL;

    if (opts.merge && (opts.truth || opts.per_image || first == argc))
        cli_usage("--merge goes with files of matrices alone");
    FILE *table = cli_text();
    FILE *matrix = open_table(&matrix_out, opts.matrix);
    FILE *per_image = open_table(&image_out, opts.per_image);
    if (opts.merge)
        merge_files(&s, argv + first, argc - first);
    else {
        cli_inputs(&in, argc, argv, first);
        score_streams(&s, &in, per_image);
    }
    name_absent(&s);
    cli_scores(table, &s.all, s.names);
    if (matrix)
        put_matrix(matrix, &s);
    close_table(per_image, image_out, opts.per_image);
    close_table(matrix, matrix_out, opts.matrix);
    cli_close_text(table);
    seg_scorer_free(&s);
    return 0;
}
