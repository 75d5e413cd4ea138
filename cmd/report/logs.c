#include <math.h>
#include <string.h>

#include "cmd/cli/read_text.h"
#include "cmd/report/report.h"
#include "formats/html/chart.h"
#include "formats/html/html.h"
#include "formats/html/table.h"
#include "formats/table/log.h"
#include "lib/base/text.h"

enum { MOST_POINTS = 200 };

struct log {
    struct seg_tsv t;
    char *notes;       /* comments above the titles */
    int step, seconds; /* columns */
    double all;        /* seconds of all steps */
};

/* A number, or NAN. */
static double
value(const struct log *l, int row, int column)
{
    return seg_text_real(seg_tsv_field(&l->t, row, column));
}

static void
read_log(struct log *l, struct seg_arena *a, const char *path)
{
    char *text = cli_read_text_table(a, path);
    size_t notes = (size_t)(seg_tsv_skip_comments(text) - text);
    struct seg_err e;

    l->notes = cli_need(seg_take_bytes(a, text, notes, &e), &e);
    cli_check(seg_tsv_parse(&l->t, a, text, cli_text_name(path), &e), &e);
    l->step = cli_check(seg_tsv_column(&l->t, "step", &e), &e);
    l->seconds = cli_check(seg_tsv_column(&l->t, "seconds", &e), &e);
    cli_check(seg_log_seconds(&l->all, &l->t, a, &e), &e);
}

static void
print_table(FILE *f, const struct log *log, int n)
{
    static const char *const titles[] = {"log", "steps", "minutes"};

    fputs("<table>\n", f);
    seg_html_titles(f, titles, 3, 1);
    for (int i = 0; i < n; i++) {
        fputs("<tr>", f);
        seg_html_element(f, "td", log[i].t.name);
        fprintf(f, "<td class=\"n\">%d</td><td class=\"n\">%.1f</td></tr>\n",
            log[i].t.rows, log[i].all / 60);
    }
    fputs("</table>\n", f);
}

static int
find_column(const struct log *l, const char *title)
{
    for (int j = 0; j < l->t.columns; j++)
        if (!strcmp(l->t.title[j], title))
            return j;
    return -1;
}

/* The curve of a column: of many values, means of successive ones. */
static struct seg_html_curve
make_curve(const struct log *l, int column)
{
    int n = 0, points = 0, each;
    double *x = cli_take(2 * (size_t)l->t.rows, sizeof *x), *y = x + l->t.rows;

    for (int i = 0; i < l->t.rows; i++)
        n += isfinite(value(l, i, column));
    each = (n + MOST_POINTS - 1) / MOST_POINTS;
    n = 0;
    for (int i = 0; i < l->t.rows; i++) {
        double v = value(l, i, column);

        if (!isfinite(v))
            continue;
        points += n % each == 0;
        x[points - 1] += value(l, i, l->step) / each;
        y[points - 1] += v / each;
        n++;
    }
    if (n && n % each) /* the last mean has fewer values */
        for (int k = 0; k < 2; k++)
            (k ? y : x)[points - 1] *= (double)each / (n % each);
    return (struct seg_html_curve){l->t.name, points, x, y, NULL};
}

/* One chart with a curve of each log that has the column. */
static void
print_chart(FILE *f, const struct log *log, int n, const char *title)
{
    struct seg_html_curve *curve = cli_take((size_t)n, sizeof *curve);
    int curves = 0;

    for (int i = 0; i < n; i++) {
        int column = find_column(log + i, title);

        if (column >= 0)
            curve[curves++] = make_curve(log + i, column);
    }
    seg_html_chart(
        f, &(struct seg_html_chart){title, "step", curve, curves, 0, 0});
}

/* 1 if no earlier log has that column. */
static int
is_first(const struct log *log, int at, const char *title)
{
    for (int i = 0; i < at; i++)
        if (find_column(log + i, title) >= 0)
            return 0;
    return 1;
}

void
cli_report_logs(struct cli_report *r, const struct cli_list *paths)
{
    struct log *log = cli_take((size_t)paths->n, sizeof *log);
    int n = paths->n;

    for (int i = 0; i < n; i++)
        read_log(log + i, &r->arena, paths->item[i]);
    seg_html_element(r->f, "h2", "Training");
    print_table(r->f, log, n);
    fputs("<div class=\"charts\">\n", r->f);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < log[i].t.columns; j++)
            if (j != log[i].step && j != log[i].seconds &&
                is_first(log, i, log[i].t.title[j]))
                print_chart(r->f, log, n, log[i].t.title[j]);
    fputs("</div>\n", r->f);
    for (int i = 0; i < n; i++)
        if (*log[i].notes)
            seg_html_element(r->f, "pre", log[i].notes);
}

void
cli_report_settings(struct cli_report *r, const char *path)
{
    char *text = cli_read_text(&r->arena, path);

    seg_html_element(r->f, "h2", "Settings");
    seg_html_element(r->f, "pre", text);
}
