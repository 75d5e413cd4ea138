#include <math.h>
#include <string.h>

#include "cmd/report/results.h"
#include "formats/html/chart.h"
#include "formats/html/html.h"
#include "formats/html/table.h"
#include "lib/base/text.h"

/* The columns that are needed. */
struct results {
    const struct seg_tsv *t;
    int budget, method, metric, mean, sd;
};

static const char *
at(const struct results *s, int row, int column)
{
    return seg_tsv_field(s->t, row, column);
}

/* The row of this budget, method and metric; -1 if there is none. */
static int
find(const struct results *s, const char *budget, const char *method,
    const char *metric)
{
    for (int i = 0; i < s->t->rows; i++)
        if (!strcmp(at(s, i, s->budget), budget) &&
            !strcmp(at(s, i, s->method), method) &&
            !strcmp(at(s, i, s->metric), metric))
            return i;
    return -1;
}

/* The different words of a column, in their order; returns their number. */
static int
words(const char **word, const struct results *s, int column)
{
    int n = 0, k;

    for (int i = 0; i < s->t->rows; i++) {
        for (k = 0; k < n && strcmp(word[k], at(s, i, column)); k++)
            ;
        word[k] = at(s, i, column);
        n += k == n;
    }
    return n;
}

static void
print_cell(FILE *f, const struct results *s, int row)
{
    fputs("<td class=\"n\">", f);
    seg_html_number(f, row < 0 ? "-" : at(s, row, s->mean));
    if (row >= 0 && strcmp(at(s, row, s->sd), "-")) {
        fputs(" \xc2\xb1 ", f);
        seg_html_number(f, at(s, row, s->sd));
    }
    fputs("</td>", f);
}

static void
print_table(FILE *f, const struct results *s, const char *const *metric, int n)
{
    fputs(
        "<div class=\"scroll\"><table>\n<tr><th>budget</th><th>method</th>", f);
    for (int k = 0; k < n; k++) {
        fputs("<th class=\"n\">", f);
        seg_html_text(f, metric[k]);
        fputs("</th>", f);
    }
    fputs("</tr>\n", f);
    for (int i = 0; i < s->t->rows; i++) {
        const char *budget = at(s, i, s->budget), *method = at(s, i, s->method);

        if (strcmp(at(s, i, s->metric), metric[0]))
            continue;
        fputs("<tr>", f);
        seg_html_field(f, budget);
        seg_html_element(f, "td", method);
        for (int k = 0; k < n; k++)
            print_cell(f, s, find(s, budget, method, metric[k]));
        fputs("</tr>\n", f);
    }
    fputs("</table></div>\n<p class=\"note\">Mean \xc2\xb1 standard deviation "
          "over the seeds.</p>\n",
        f);
}

/* Curves of a metric over the budgets, one for each method. */
static void
print_chart(struct cli_report *r, const struct results *s, const char *metric)
{
    int rows = s->t->rows;
    const char **method = cli_take((size_t)rows, sizeof *method);
    const char **budget = cli_take((size_t)rows, sizeof *budget);
    int methods = words(method, s, s->method);
    int budgets = words(budget, s, s->budget);
    struct seg_html_curve *curve = cli_take((size_t)methods, sizeof *curve);

    if (budgets < 2)
        return;
    for (int k = 0; k < methods; k++) {
        double *v = cli_take(3 * (size_t)budgets, sizeof *v);

        for (int i = 0; i < budgets; i++) {
            int row = find(s, budget[i], method[k], metric);

            v[i] = seg_text_real(budget[i]);
            v[budgets + i] = row < 0 ? NAN : seg_text_real(at(s, row, s->mean));
            v[2 * budgets + i] =
                row < 0 ? NAN : seg_text_real(at(s, row, s->sd));
        }
        curve[k] = (struct seg_html_curve){
            method[k], budgets, v, v + budgets, v + 2 * budgets};
    }
    fputs("<div class=\"charts\">\n", r->f);
    seg_html_chart(r->f, &(struct seg_html_chart){metric, "label budget", curve,
                             methods, .log_x = 1, .dots = 1});
    fputs("</div>\n", r->f);
}

void
cli_report_results(struct cli_report *r, const struct seg_tsv *t)
{
    struct results s = {.t = t};
    int *column[] = {&s.budget, &s.method, &s.metric, &s.mean, &s.sd};
    const char *const title[] = {"budget", "method", "metric", "mean", "sd"};
    struct seg_err e;

    for (int i = 0; i < 5; i++)
        *column[i] = cli_check(seg_tsv_column(t, title[i], &e), &e);
    if (!t->rows)
        cli_fail(SEG_EDATA, "%s: no rows under the titles", t->name);
    const char **metric = cli_take((size_t)t->rows, sizeof *metric);
    int n = words(metric, &s, s.metric);
    print_table(r->f, &s, metric, n);
    print_chart(r, &s, metric[0]);
}
