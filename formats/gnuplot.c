#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/gnuplot.h"

struct plot {
    struct seg_arena *arena;
    const struct seg_tsv *table;
    const struct seg_plot_style *style;
    int x, y, by, error;         /* columns; by and error -1: none */
    const char **series, **tick; /* the words of by and of x, as they came */
    int nseries, nticks;
};

static const char *
field(const struct plot *p, int row, int column)
{
    return column < 0 ? "" : p->table->field[row * p->table->columns + column];
}

/* NAN for what is no number. */
static double
number(const char *s)
{
    char *end;
    double x = strtod(s, &end);

    return end == s || *end ? NAN : x;
}

/* The place of a word in a list, to which it is added if it is new. */
static int
place(const char **list, int *n, const char *word)
{
    for (int i = 0; i < *n; i++)
        if (!strcmp(list[i], word))
            return i;
    list[*n] = word;
    return (*n)++;
}

static int
find_columns(struct plot *p, struct seg_err *e)
{
    const struct seg_tsv *t = p->table;
    const struct seg_plot_style *s = p->style;
    int drawn = 0;

    p->by = p->error = -1;
    if ((p->x = seg_tsv_column(t, s->x, e)) < 0 ||
        (p->y = seg_tsv_column(t, s->y, e)) < 0 ||
        (s->by && (p->by = seg_tsv_column(t, s->by, e)) < 0) ||
        (s->error && (p->error = seg_tsv_column(t, s->error, e)) < 0))
        return -1;
    p->series = seg_take(p->arena, t->rows, sizeof *p->series, e);
    p->tick = seg_take(p->arena, t->rows, sizeof *p->tick, e);
    if (!p->series || !p->tick)
        return -1;
    for (int i = 0; i < t->rows; i++) {
        const char *x = field(p, i, p->x);

        if (isnan(number(field(p, i, p->y))))
            continue;
        if (!s->bars && isnan(number(x)))
            return seg_fail(e, SEG_EDATA,
                "%s:%d: column %s: '%s' is not a number (--bars takes words)",
                t->name, i + 2, s->x, x);
        place(p->series, &p->nseries, field(p, i, p->by));
        place(p->tick, &p->nticks, x);
        drawn++;
    }
    return drawn ? 0
                 : seg_fail(e, SEG_EDATA, "%s: no number in column %s", t->name,
                       s->y);
}

/* 'TEXT' with quotes doubled, as gnuplot wants it */
static void
quote(FILE *f, const char *before, const char *text)
{
    fprintf(f, "%s'", before);
    for (; *text; text++)
        fprintf(f, *text == '\'' ? "''" : "%c", *text);
    fputc('\'', f);
}

/* The rows of one series as a block of numbers: x, y, error. */
static void
write_series(FILE *f, struct plot *p, int series, double width)
{
    fprintf(f, "\n$s%d << END\n", series);
    for (int i = 0; i < p->table->rows; i++) {
        const char *word = field(p, i, p->x);
        double y = number(field(p, i, p->y));
        double error = number(field(p, i, p->error));

        if (isnan(y) || strcmp(field(p, i, p->by), p->series[series]))
            continue;
        double x = p->style->bars ? place(p->tick, &p->nticks, word) +
                                        (series - (p->nseries - 1) / 2.) * width
                                  : number(word);
        fprintf(f, "%.9g %.9g %.9g\n", x, y, isnan(error) ? 0 : error);
    }
    fputs("END", f);
}

/* Around a lone x: gnuplot would complain of an empty axis. */
static void
write_one_range(FILE *f, double x, int log)
{
    fprintf(f, "\nset xrange [%.9g:%.9g]", log ? x / 2 : x - 1,
        log ? x * 2 : x + 1);
}

static void
write_axes(FILE *f, const struct plot *p, double width)
{
    fprintf(f, "set terminal %s size %d,%d noenhanced\n",
        p->style->svg ? "svg" : "pngcairo", p->style->size_px[0],
        p->style->size_px[1]);
    quote(f, "set key outside right\nset grid ytics\nset xlabel ", p->style->x);
    quote(f, "\nset ylabel ", p->style->y);
    if (p->style->title)
        quote(f, "\nset title ", p->style->title);
    if (p->style->log_x)
        fputs("\nset logscale x", f);
    if (!p->style->by)
        fputs("\nset key off", f);
    /* the budgets or the words themselves are what one wants to read below */
    fputs("\nset xtics (", f);
    for (int i = 0; i < p->nticks && (p->style->bars || p->nticks <= 12); i++) {
        quote(f, i ? ", " : "", p->tick[i]);
        fprintf(f, " %.9g", p->style->bars ? i : number(p->tick[i]));
    }
    fputs(p->nticks <= 12 || p->style->bars ? ")" : ")\nset xtics auto", f);
    if (p->style->bars)
        fprintf(f,
            "\nset xrange [-0.6:%g]\nset yrange [0:]\nset boxwidth %g\n"
            "set style fill solid 0.6",
            p->nticks - 0.4, 0.9 * width);
    else if (p->nticks == 1)
        write_one_range(f, number(p->tick[0]), p->style->log_x);
}

static void
write_script(FILE *f, struct plot *p)
{
    double width = 0.8 / p->nseries; /* of a bar */
    const char *curve = p->style->error ? "yerrorlines" : "linespoints";

    write_axes(f, p, width);
    for (int i = 0; i < p->nseries; i++)
        write_series(f, p, i, width);
    for (int i = 0; i < p->nseries; i++) {
        fprintf(f, i ? ", $s%d with %s" : "\nplot $s%d with %s", i,
            !p->style->bars   ? curve
            : p->style->error ? "boxerrorbars"
                              : "boxes");
        quote(f, " linewidth 2 title ", p->series[i]);
    }
    if (p->style->diagonal)
        fputs(
            ", x with lines linewidth 2 dashtype 2 linecolor 'gray40' notitle",
            f);
    fputc('\n', f);
}

int
seg_gnuplot_script(FILE *f, const struct seg_tsv *table,
    const struct seg_plot_style *style, struct seg_arena *a, struct seg_err *e)
{
    struct plot p = {.arena = a, .table = table, .style = style};

    if (find_columns(&p, e))
        return -1;
    write_script(f, &p);
    return 0;
}
