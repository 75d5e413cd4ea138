#include <math.h>

#include "formats/html/chart.h"
#include "formats/html/html.h"

/* Sizes in units of the SVG. */
enum {
    WIDTH = 440,
    HEIGHT = 250,
    LEFT = 52,
    RIGHT = 14,
    TOP = 28,
    BOTTOM = 40,
    LEGEND_LINE = 16,
    COLORS = 8,
    MARKS = 20 /* the most of an axis */
};

struct axis {
    double low, high; /* of the data, logarithms if log */
    int log;
};

struct frame {
    struct axis x, y;
};

static double
on_axis(const struct axis *a, double v)
{
    return a->log ? log10(v) : v;
}

static double
place_x(const struct frame *g, double v)
{
    return LEFT + (on_axis(&g->x, v) - g->x.low) / (g->x.high - g->x.low) *
                      (WIDTH - LEFT - RIGHT);
}

static double
place_y(const struct frame *g, double v)
{
    return HEIGHT - BOTTOM -
           (v - g->y.low) / (g->y.high - g->y.low) * (HEIGHT - TOP - BOTTOM);
}

/* 1 if point i can be drawn. */
static int
is_point(const struct frame *g, const struct seg_html_curve *c, int i)
{
    return isfinite(c->x[i]) && isfinite(c->y[i]) && (!g->x.log || c->x[i] > 0);
}

static double
half_error(const struct seg_html_curve *c, int i)
{
    return c->error && isfinite(c->error[i]) ? fabs(c->error[i]) : 0;
}

static void
include(struct axis *a, double v)
{
    a->low = fmin(a->low, v);
    a->high = fmax(a->high, v);
}

static void
widen(struct axis *a, double share)
{
    double margin = a->high > a->low ? share * (a->high - a->low)
                                     : fmax(fabs(a->low) * 0.1, 0.5);

    a->low -= margin;
    a->high += margin;
}

/* The ranges of the data; 0 if there is no point. */
static int
fit(struct frame *g, const struct seg_html_chart *c)
{
    g->x = g->y = (struct axis){INFINITY, -INFINITY, 0};
    g->x.log = c->log_x;
    for (int k = 0; k < c->n; k++)
        for (int i = 0; i < c->curve[k].n; i++) {
            const struct seg_html_curve *curve = c->curve + k;

            if (!is_point(g, curve, i))
                continue;
            include(&g->x, on_axis(&g->x, curve->x[i]));
            include(&g->y, curve->y[i] - half_error(curve, i));
            include(&g->y, curve->y[i] + half_error(curve, i));
        }
    if (g->x.low > g->x.high)
        return 0;
    widen(&g->x, 0.02);
    widen(&g->y, 0.06);
    return 1;
}

/* 1, 2 or 5 times a power of ten, for about `n` marks. */
static double
step_of(const struct axis *a, int n)
{
    double raw = (a->high - a->low) / n, power = pow(10, floor(log10(raw)));
    double r = raw / power;

    return power * (r <= 1 ? 1 : r <= 2 ? 2 : r <= 5 ? 5 : 10);
}

/* Mark i of an axis, a multiple of the step; NAN if it is beyond the end. */
static double
mark(const struct axis *a, int i)
{
    double step = step_of(a, 5), v = (ceil(a->low / step) + i) * step;

    return i < MARKS && v <= a->high ? v + 0 : NAN; /* -0 becomes 0 */
}

static void
mark_y(FILE *f, const struct frame *g)
{
    double v;

    for (int i = 0; !isnan(v = mark(&g->y, i)); i++) {
        double y = place_y(g, v);

        fprintf(f,
            "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" "
            "y2=\"%.1f\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g"
            "</text>\n",
            LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 4, v);
    }
}

static void
mark_x_at(FILE *f, const struct frame *g, double v)
{
    fprintf(f, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n",
        place_x(g, v), HEIGHT - BOTTOM + 15, v);
}

/* A logarithmic axis has marks at the points of the first curve. */
static void
mark_x(FILE *f, const struct frame *g, const struct seg_html_curve *first)
{
    double v;

    for (int i = 0; g->x.log && i < first->n; i++)
        if (first->x[i] > 0)
            mark_x_at(f, g, first->x[i]);
    for (int i = 0; !g->x.log && !isnan(v = mark(&g->x, i)); i++)
        mark_x_at(f, g, v);
}

static void
draw_curve(FILE *f, const struct frame *g, const struct seg_html_curve *c,
    int color, int dots)
{
    fprintf(f, "<polyline class=\"s%d\" points=\"", color % COLORS);
    for (int i = 0; i < c->n; i++)
        if (is_point(g, c, i))
            fprintf(f, "%.1f,%.1f ", place_x(g, c->x[i]), place_y(g, c->y[i]));
    fputs("\"/>\n", f);
    for (int i = 0; i < c->n; i++) {
        double half = half_error(c, i);

        if (!is_point(g, c, i))
            continue;
        double x = place_x(g, c->x[i]);
        if (half > 0)
            fprintf(f,
                "<line class=\"error s%d\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" "
                "y2=\"%.1f\"/>\n",
                color % COLORS, x, x, place_y(g, c->y[i] - half),
                place_y(g, c->y[i] + half));
        if (dots)
            fprintf(f,
                "<circle class=\"s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>\n",
                color % COLORS, x, place_y(g, c->y[i]));
    }
}

static void
draw_legend(FILE *f, const struct seg_html_chart *c)
{
    for (int k = 0; c->n > 1 && k < c->n; k++) {
        int y = HEIGHT + k * LEGEND_LINE;

        fprintf(f,
            "<line class=\"error s%d\" x1=\"%d\" x2=\"%d\" y1=\"%d\" "
            "y2=\"%d\"/><text x=\"%d\" y=\"%d\">",
            k % COLORS, LEFT, LEFT + 18, y, y, LEFT + 24, y + 4);
        seg_html_text(f, c->curve[k].name);
        fputs("</text>\n", f);
    }
}

void
seg_html_chart(FILE *f, const struct seg_html_chart *c)
{
    struct frame g;
    int legend = c->n > 1 ? c->n * LEGEND_LINE : 0;

    if (!fit(&g, c))
        return;
    fprintf(f, "<figure><svg viewBox=\"0 0 %d %d\" role=\"img\"><title>", WIDTH,
        HEIGHT + legend);
    seg_html_text(f, c->title);
    fprintf(f, "</title>\n<text class=\"title\" x=\"%d\" y=\"16\">", LEFT);
    seg_html_text(f, c->title);
    fputs("</text>\n", f);
    mark_y(f, &g);
    mark_x(f, &g, c->curve);
    fprintf(f, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", WIDTH - RIGHT,
        HEIGHT - 8);
    seg_html_text(f, c->x_title);
    fputs("</text>\n", f);
    for (int k = 0; k < c->n; k++)
        draw_curve(f, &g, c->curve + k, k, c->dots);
    draw_legend(f, c);
    fputs("</svg></figure>\n", f);
}
