#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/read_text.h"
#include "cmd/report/results.h"
#include "formats/html/html.h"
#include "formats/html/table.h"
#include "lib/base/text.h"

/* ---- tables of seg-score ---- */

/* A row for each class; the second column, iou, has bars. */
static void
print_classes(struct cli_report *r, const struct seg_tsv *t)
{
    fputs("<div class=\"scroll\"><table>\n", r->f);
    seg_html_titles(r->f, t->title, t->columns, 1);
    for (int i = 0; i < t->rows; i++) {
        fputs("<tr>", r->f);
        seg_html_class(r->f, seg_tsv_field(t, i, 0), &r->classes);
        for (int j = 1; j < t->columns; j++)
            (j == 1 ? seg_html_bar : seg_html_field)(
                r->f, seg_tsv_field(t, i, j));
        fputs("</tr>\n", r->f);
    }
    fputs("</table></div>\n", r->f);
}

/* " (0.41 to 0.47)" if the table of intervals has the metric. */
static void
print_interval(FILE *f, const struct seg_tsv *intervals, const char *metric)
{
    for (int i = 0; intervals && i < intervals->rows; i++)
        if (!strcmp(seg_tsv_field(intervals, i, 0), metric))
            fprintf(f, "%.3f to %.3f", atof(seg_tsv_field(intervals, i, 2)),
                atof(seg_tsv_field(intervals, i, 3)));
}

static int
is_count(const char *value)
{
    return !strpbrk(value, ".eE-");
}

/* A tile for each score, and a line with the counts. */
static void
print_metrics(FILE *f, const struct seg_tsv *t, const struct seg_tsv *intervals)
{
    const char *gap = "";

    fputs("<div class=\"tiles\">\n", f);
    for (int i = 0; i < t->rows; i++)
        if (!is_count(seg_tsv_field(t, i, 1))) {
            fputs("<div>", f);
            seg_html_text(f, seg_tsv_field(t, i, 0));
            fputs("<b>", f);
            seg_html_number(f, seg_tsv_field(t, i, 1));
            fputs("</b>", f);
            print_interval(f, intervals, seg_tsv_field(t, i, 0));
            fputs("</div>\n", f);
        }
    fputs("</div>\n<p class=\"note\">", f);
    for (int i = 0; i < t->rows; i++)
        if (is_count(seg_tsv_field(t, i, 1))) {
            fprintf(f, "%s", gap);
            seg_html_text(f, seg_tsv_field(t, i, 0));
            fputc(' ', f);
            seg_html_text(f, seg_tsv_field(t, i, 1));
            gap = ", ";
        }
    fputs(intervals ? ".  The ranges are 95 % confidence intervals.</p>\n"
                    : "</p>\n",
        f);
}

static void
print_any(FILE *f, const struct seg_tsv *t)
{
    fputs("<div class=\"scroll\"><table>\n", f);
    seg_html_titles(f, t->title, t->columns, 1);
    for (int i = 0; i < t->rows; i++) {
        fputs("<tr>", f);
        for (int j = 0; j < t->columns; j++)
            seg_html_field(f, seg_tsv_field(t, i, j));
        fputs("</tr>\n", f);
    }
    fputs("</table></div>\n", f);
}

/* ---- the blocks of a file ---- */

enum kind { CLASSES, METRICS, INTERVALS, PAIRED, RESULTS, KINDS };

static const struct {
    const char *title; /* of the first column */
    int columns;       /* at least */
} kinds[KINDS] = {
    {"class", 2}, {"metric", 2}, {"interval", 4}, {"paired", 2}, {"budget", 6}};

static enum kind
kind_of(const struct seg_tsv *t, const char *name)
{
    for (int k = 0; k < KINDS; k++)
        if (!strcmp(t->title[0], kinds[k].title) &&
            t->columns >= kinds[k].columns)
            return (enum kind)k;
    cli_fail(SEG_EDATA,
        "%s: a table that begins with %.40s: expected that of seg-score or "
        "seg-table",
        name, t->title[0]);
}

/* Cuts the text up at empty lines; *end is set to the rest. */
static char *
next_block(char **text)
{
    char *block = *text + strspn(*text, "\r\n"), *end = strstr(block, "\n\n");
    char *other = strstr(block, "\n\r\n");

    if (other && (!end || other < end))
        end = other;
    *text = end ? end + 1 : block + strlen(block);
    if (end)
        *end = 0;
    return *block ? block : NULL;
}

void
cli_report_scores(struct cli_report *r, const char *path)
{
    char *text = cli_read_text_table(&r->arena, path), *block;
    const char *name = cli_text_name(path);
    struct seg_tsv table[KINDS];
    int there[KINDS] = {0}, blocks = 0;
    struct seg_err e;

    for (; (block = next_block(&text)); blocks++) {
        struct seg_tsv t;

        cli_check(seg_tsv_parse(&t, &r->arena, block, name, &e), &e);
        enum kind k = kind_of(&t, name);
        table[k] = t;
        there[k] = 1;
    }
    if (!blocks)
        cli_fail(SEG_EDATA, "%s: empty: no scores", name);
    fputs("<h2>Scores: ", r->f);
    seg_html_text(r->f, name);
    fputs("</h2>\n", r->f);
    if (there[RESULTS])
        cli_report_results(r, table + RESULTS);
    if (there[METRICS])
        print_metrics(
            r->f, table + METRICS, there[INTERVALS] ? table + INTERVALS : NULL);
    if (there[PAIRED])
        print_any(r->f, table + PAIRED);
    if (there[CLASSES])
        print_classes(r, table + CLASSES);
}
