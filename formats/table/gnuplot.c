#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formats/table/gnuplot.h"
#include "formats/table/plot_text.h"
#include "lib/base/text.h"
#include "lib/label/labelmap.h"

/* Sizes in pixels of the default font of gnuplot, 12 points. */
enum { LETTER = 8, LINE = 16, MARGIN = 100 };

/* The most characters of a word, and the most words below points. */
enum { KEY_MAX = 30, TICK_MAX = 24, FEW_TICKS = 12, MANY_TICKS = 64 };

struct plot {
    const struct seg_tsv *table;
    const struct seg_plot_style *style;
    struct seg_plot_notes *notes;
    int x, y, by, error; /* columns; by and error -1: none */
    int *series_of;      /* by row; -1: not drawn */
    double *at;          /* by row: x, or for bars the index of the word */
    const char *series[SEG_PLOT_SERIES];
    const char **tick; /* the words of x in order: of bars, or of few points */
    int nseries, nticks;
    double low[2], high[2]; /* of all points, with their error bars */
};

static const char *
field(const struct plot *p, int row, int column)
{
    return column < 0 ? "" : seg_tsv_field(p->table, row, column);
}

/* The number, or NAN if it cannot be drawn. */
static double
number(const char *s)
{
    double x = seg_text_real(s);

    return fabs(x) < 1e200 ? x : NAN;
}

/* The index of a word in a list of up to `max` words; a new word is appended.
   -1 if the list is full. */
static int
index_of(const char **list, int *n, int max, const char *word)
{
    for (int i = 0; i < *n; i++)
        if (!strcmp(list[i], word))
            return i;
    if (*n == max)
        return -1;
    list[*n] = word;
    return (*n)++;
}

static int
find_columns(struct plot *p, struct seg_err *e)
{
    const struct seg_tsv *t = p->table;
    const struct seg_plot_style *s = p->style;

    p->by = p->error = -1;
    return (p->x = seg_tsv_column(t, s->x, e)) < 0 ||
                   (p->y = seg_tsv_column(t, s->y, e)) < 0 ||
                   (s->by && (p->by = seg_tsv_column(t, s->by, e)) < 0) ||
                   (s->error && (p->error = seg_tsv_column(t, s->error, e)) < 0)
               ? -1
               : 0;
}

/* The length of the error bar of a row; 0 if it has none. */
static double
error_of(const struct plot *p, int row)
{
    double error = number(field(p, row, p->error));

    return isnan(error) ? 0 : fabs(error);
}

static void
widen(struct plot *p, int axis, double low, double high)
{
    p->low[axis] = fmin(p->low[axis], low);
    p->high[axis] = fmax(p->high[axis], high);
}

static int
too_many(const struct plot *p, int row, int column, int max, struct seg_err *e)
{
    return seg_fail(e, SEG_EDATA,
        "%s:%d: column %s: more than %d different words", p->table->name,
        p->table->line + row + 1, p->table->title[column], max);
}

/* Sets the x position of a row. */
static int
set_position(struct plot *p, int row, struct seg_err *e)
{
    const char *word = field(p, row, p->x);
    int tick = index_of(
        p->tick, &p->nticks, p->style->bars ? SEG_PLOT_BARS : MANY_TICKS, word);

    if (p->style->bars) {
        p->at[row] = tick;
        return tick < 0 ? too_many(p, row, p->x, SEG_PLOT_BARS, e) : 0;
    }
    p->at[row] = number(word);
    if (isnan(p->at[row]))
        return seg_fail(e, SEG_EDATA,
            "%s:%d: column %s: '%s' is not a number, as curves need",
            p->table->name, p->table->line + row + 1, p->style->x, word);
    if (p->style->log_x && p->at[row] <= 0)
        return seg_fail(e, SEG_EDATA,
            "%s:%d: column %s: %s is not above 0, as a logarithmic axis needs",
            p->table->name, p->table->line + row + 1, p->style->x, word);
    return 0;
}

static int
add_row(struct plot *p, int row, struct seg_err *e)
{
    double y = number(field(p, row, p->y)), error = error_of(p, row);

    p->series_of[row] = -1;
    if (isnan(y))
        return 0;
    if (set_position(p, row, e))
        return -1;
    p->series_of[row] =
        index_of(p->series, &p->nseries, SEG_PLOT_SERIES, field(p, row, p->by));
    if (p->series_of[row] < 0)
        return too_many(p, row, p->by, SEG_PLOT_SERIES, e);
    widen(p, 0, p->at[row], p->at[row]);
    widen(p, 1, y - error, y + error);
    return 0;
}

/* Notes two metrics in the rows drawn, unless the plot distinguishes them:
   their values should not share an axis. */
static void
note_metrics(struct plot *p)
{
    struct seg_err none;
    int column = seg_tsv_column(p->table, "metric", &none), n = 0;

    for (int i = 0; column >= 0 && i < p->table->rows && n < 2; i++)
        if (p->series_of[i] >= 0)
            index_of(p->notes->metric, &n, 2, field(p, i, column));
    if (column >= 0 && (column == p->by || column == p->x))
        p->notes->metric[0] = p->notes->metric[1] = NULL;
}

/* Counts bars of one series at the same position. */
static int
note_hidden(struct plot *p, struct seg_arena *a, struct seg_err *e)
{
    char *seen = seg_take(a, (size_t)p->nseries, (size_t)p->nticks, e);

    if (!seen)
        return -1;
    for (int i = 0; i < p->table->rows; i++)
        if (p->series_of[i] >= 0) {
            char *one = seen + p->series_of[i] * p->nticks + (int)p->at[i];

            p->notes->hidden += *one;
            *one = 1;
        }
    return 0;
}

static int
collect(struct plot *p, struct seg_arena *a, struct seg_err *e)
{
    size_t rows = (size_t)p->table->rows;

    p->series_of = seg_take(a, rows + 1, sizeof *p->series_of, e);
    p->at = seg_take(a, rows + 1, sizeof *p->at, e);
    p->tick = seg_take(a, SEG_PLOT_BARS, sizeof *p->tick, e);
    if (!p->series_of || !p->at || !p->tick)
        return -1;
    for (int i = 0; i < p->table->rows; i++)
        if (add_row(p, i, e))
            return -1;
    if (!p->nseries)
        return seg_fail(e, SEG_EDATA, "%s: no number in column %s",
            p->table->name, p->style->y);
    note_metrics(p);
    return p->style->bars ? note_hidden(p, a, e) : 0;
}

static int
longest(const char *const *word, int n)
{
    int max = 0;

    for (int i = 0; i < n; i++)
        max = seg_plot_length(word[i]) > max ? seg_plot_length(word[i]) : max;
    return max;
}

static int
lesser(int a, int b)
{
    return a < b ? a : b;
}

/* The approximate length of the x axis in pixels. */
static int
axis_px(const struct plot *p)
{
    int key = p->style->by ? 60 + LETTER * lesser(KEY_MAX,
                                               longest(p->series, p->nseries))
                           : 0;
    int px = p->style->size_px[0] - MARGIN - key;

    return px > 32 ? px : 32;
}

/* The position of x on the axis, from 0 to 1. */
static double
along(const struct plot *p, double x)
{
    double low = p->low[0], high = p->high[0];

    if (!(high > low))
        return 0.5;
    return p->style->log_x ? log(x / low) / log(high / low)
                           : (x / 2 - low / 2) / (high / 2 - low / 2);
}

static double
bar_slot_px(const struct plot *p)
{
    return axis_px(p) / (p->nticks + 0.2);
}

/* The length in characters of rotated words below bars, at most half the image;
   0 if all words fit side by side and are not rotated. */
static int
rotated_length(const struct plot *p)
{
    int max = lesser(TICK_MAX, longest(p->tick, p->nticks));

    if (!p->style->bars || (max + 1) * LETTER <= bar_slot_px(p))
        return 0;
    return lesser(max, p->style->size_px[1] / (2 * LETTER));
}

/* Pixels below the x axis. */
static double
below_px(const struct plot *p)
{
    int rotated = rotated_length(p);

    return rotated ? rotated * LETTER + 3.5 * LINE : 4 * LINE;
}

/* A word below each position of bars: rotated if words are too long, and with
   some left out if they are too many. */
static void
write_bar_ticks(FILE *f, const struct plot *p)
{
    int rotated = rotated_length(p);
    int step = rotated ? (int)ceil(LINE / bar_slot_px(p)) : 1;

    if (rotated)
        fprintf(f, "\nset bmargin at screen %.3f", /* gnuplot leaves more */
            below_px(p) / p->style->size_px[1]);
    fprintf(f, "\nset xtics%s (", rotated ? " rotate by 90 right" : "");
    for (int i = 0; i < p->nticks; i += step) {
        fputs(i ? ", " : "", f);
        seg_plot_quote(f, p->tick[i], rotated ? rotated : TICK_MAX, 1);
        fprintf(f, " %d", i);
    }
    fputc(')', f);
}

/* Ticks at round numbers, each_px pixels apart or more. */
static void
write_steps(FILE *f, const char *axis, double range, double px, double each_px)
{
    static const double round[] = {1, 2, 5, 10};
    double least = range * fmax(each_px / fmax(px, 1), 0.1);
    double ten = pow(10, floor(log10(least)));
    int i = 0;

    while (i < 3 && round[i] * ten < least)
        i++;
    if (ten > 0 && isfinite(round[i] * ten))
        fprintf(f, "\nset %stics %.15g", axis, round[i] * ten);
}

static int
by_number(const void *a, const void *b)
{
    double x = number(*(const char *const *)a);
    double y = number(*(const char *const *)b);

    return (x > y) - (x < y);
}

/* Ticks at the x of the points, as far as they fit, for example label budgets;
   at round numbers if there are many points. */
static void
write_point_ticks(FILE *f, const struct plot *p)
{
    double end = -1e9, px = axis_px(p);
    const char *before = "\nset xtics (";

    if (p->nticks > (p->style->log_x ? MANY_TICKS - 1 : FEW_TICKS)) {
        if (!p->style->log_x)
            write_steps(f, "x", p->high[0] - p->low[0], px, 9 * LETTER);
        return;
    }
    qsort(p->tick, (size_t)p->nticks, sizeof *p->tick, by_number);
    for (int i = 0; i < p->nticks; i++) {
        double x = number(p->tick[i]), at = px * along(p, x);
        double half =
            (lesser(seg_plot_length(p->tick[i]), TICK_MAX) + 1) * LETTER / 2.;

        if (at - half < end)
            continue;
        end = at + half;
        fputs(before, f);
        seg_plot_quote(f, p->tick[i], TICK_MAX, 1);
        fprintf(f, " %.15g", x);
        before = ", ";
    }
    fputc(')', f);
}

/* A margin of a tenth on both sides, so that nothing touches the frame. */
static void
write_range(FILE *f, const char *axis, double low, double high)
{
    double margin = (high - low) / 10;

    if (!(margin > 0))
        margin = high != 0 ? fabs(high) / 10 : 1;
    fprintf(
        f, "\nset %srange [%.15g:%.15g]", axis, low - margin, high + margin);
}

static void
write_x_range(FILE *f, const struct plot *p)
{
    double low = p->low[0], high = p->high[0];

    if (p->style->bars) {
        double margin = 0.6 + p->nticks / 100.;

        fprintf(f, "\nset xrange [%g:%g]", -margin, p->nticks - 1 + margin);
    } else if (p->style->log_x) {
        double margin = high > low ? pow(high / low, 0.1) : 2;

        fprintf(f, "\nset logscale x\nset xrange [%.15g:%.15g]", low / margin,
            high * margin);
    } else {
        write_range(f, "x", low, high);
    }
}

/* Bars start at 0. */
static void
write_y_range(FILE *f, const struct plot *p)
{
    double low = p->low[1], high = p->high[1];

    if (p->style->bars) {
        low = fmin(0, low);
        high = fmax(0, high);
        if (!(high > low))
            high = 1;
        fprintf(f, "\nset yrange [%.15g:%.15g]", low * 1.1, high * 1.1);
    } else {
        write_range(f, "y", low, high);
    }
    if (high > low)
        write_steps(f, "y", high - low,
            p->style->size_px[1] - below_px(p) -
                (p->style->title ? 3 : 1) * LINE,
            1.5 * LINE);
}

/* The given title, or one from the columns: "miou: mean +- sd". */
static void
write_y_title(FILE *f, const struct plot *p, struct seg_arena *a)
{
    const struct seg_plot_style *s = p->style;
    const char *metric = p->notes->metric[1] ? NULL : p->notes->metric[0];
    struct seg_err none;
    const char *text =
        s->y_title ? s->y_title
                   : seg_take_text(a, &none, "%s%s%s%s%s", metric ? metric : "",
                         metric ? ": " : "", s->y, s->error ? " \xc2\xb1 " : "",
                         s->error ? s->error : "");

    fputs("\nset ylabel ", f);
    seg_plot_quote(f, text ? text : s->y, s->size_px[1] / LETTER, 0);
}

/* With rotated words the title is placed at the edge of the image; gnuplot
   would place it outside. */
static void
write_x_title(FILE *f, const struct plot *p, int max)
{
    int rotated = rotated_length(p);

    fputs(rotated ? "\nset label " : "\nset xlabel ", f);
    seg_plot_quote(
        f, p->style->x_title ? p->style->x_title : p->style->x, max, 0);
    if (rotated)
        fprintf(f, " at graph 0.5, screen %.3f center",
            LINE / 1.3 / p->style->size_px[1]);
}

static void
write_axes(FILE *f, const struct plot *p, struct seg_arena *a)
{
    const struct seg_plot_style *s = p->style;
    int across = s->size_px[0] / LETTER;

    fprintf(f,
        "set encoding utf8\nset terminal %s size %d,%d noenhanced\n"
        "set grid ytics\nset tics out nomirror\n"
        "set style fill solid 1 "
        "noborder\nset xlabel ",
        s->svg ? "svg" : "pngcairo", s->size_px[0], s->size_px[1]);
    write_x_title(f, p, across);
    write_y_title(f, p, a);
    if (s->title) {
        fputs("\nset title ", f);
        seg_plot_quote(f, s->title, across, 0);
    }
    if (s->by) {
        fputs("\nset key outside right title ", f);
        seg_plot_quote(f, s->by, KEY_MAX, 0);
    } else {
        fputs("\nset key off", f);
    }
    write_x_range(f, p);
    write_y_range(f, p);
    (s->bars ? write_bar_ticks : write_point_ticks)(f, p);
}

/* The rows of one series as numbers: x and y; with `errors`, for rows that have
   an error bar, x, its lower end and its length. */
static void
write_series(FILE *f, const struct plot *p, int series, int errors)
{
    double step = 0.8 / p->nseries;
    double shift = p->style->bars ? (series - (p->nseries - 1) / 2.) * step : 0;

    fprintf(f, "\n$%c%d << END\n", errors ? 'e' : 's', series);
    for (int i = 0; i < p->table->rows; i++) {
        double error = error_of(p, i);

        if (p->series_of[i] != series || (errors && !(error > 0)))
            continue;
        fprintf(f, "%.15g %.15g", p->at[i] + shift,
            number(field(p, i, p->y)) - (errors ? error : 0));
        fprintf(f, errors ? " %.15g\n" : "\n", 2 * error);
    }
    fputs("END", f);
}

static int
has_errors(const struct plot *p, int series)
{
    for (int i = 0; i < p->table->rows; i++)
        if (p->series_of[i] == series && error_of(p, i) > 0)
            return 1;
    return 0;
}

/* A series as bars or a curve with its error bars, which are black over bars
   and else have the color of the curve. */
static void
write_plot(FILE *f, const struct plot *p, int series)
{
    int bars = p->style->bars;
    uint8_t c[3];

    seg_color_cycle(c, series);
    fprintf(f, "%s$s%d using 1:2", series ? ", " : "\nplot ", series);
    if (bars)
        fprintf(f, ":(%.15g) with boxes", 0.72 / p->nseries);
    else
        fprintf(f, " with linespoints linewidth 2 pointtype 7");
    fprintf(f, " linecolor rgb '#%02x%02x%02x' title ", c[0], c[1], c[2]);
    seg_plot_quote(f, p->series[series], KEY_MAX, 0);
    if (has_errors(p, series))
        fprintf(f,
            ", $e%d using 1:2:(0):3 with vectors heads size graph 0.006,90 "
            "linewidth 2 linecolor rgb '#%02x%02x%02x' notitle",
            series, bars ? 0 : c[0], bars ? 0 : c[1], bars ? 0 : c[2]);
}

static void
write_script(FILE *f, const struct plot *p, struct seg_arena *a)
{
    write_axes(f, p, a);
    for (int i = 0; i < p->nseries; i++) {
        write_series(f, p, i, 0);
        if (has_errors(p, i))
            write_series(f, p, i, 1);
    }
    for (int i = 0; i < p->nseries; i++)
        write_plot(f, p, i);
    if (p->style->diagonal)
        fprintf(f,
            ", [%.15g:%.15g] x with lines linewidth 2 dashtype 2 "
            "linecolor rgb 'gray40' notitle",
            p->low[0], p->high[0]);
    fputc('\n', f);
}

int
seg_gnuplot_script(FILE *f, struct seg_plot_notes *notes,
    const struct seg_tsv *table, const struct seg_plot_style *style,
    struct seg_arena *a, struct seg_err *e)
{
    struct plot p = {.table = table,
        .style = style,
        .notes = notes,
        .low = {INFINITY, INFINITY},
        .high = {-INFINITY, -INFINITY}};

    *notes = (struct seg_plot_notes){0};
    if (find_columns(&p, e) || collect(&p, a, e))
        return -1;
    if (style->diagonal)
        widen(&p, 1, p.low[0], p.high[0]);
    write_script(f, &p, a);
    return 0;
}
