#include <math.h>

#include "lib/base/rng.h"
#include "lib/view/scatter.h"
#include "lib/view/sheet.h"
#include "lib/view/thumbnail.h"

/* Dots are painted FINE times as large and then shrunk, for smooth edges. */
enum { FINE = 3, MARGIN = 10 };
static const double radius_px = 3.2;

/* From coordinates of the points to pixels. */
struct frame {
    double scale, x, y; /* x and y: what is in the middle */
    size_t h, w;
};

static struct frame
fit(const struct seg_scatter *s, size_t h, size_t w)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};

    for (int i = 0; i < 2 * s->n; i++) {
        low[i % 2] = fmin(low[i % 2], s->xy[i]);
        high[i % 2] = fmax(high[i % 2], s->xy[i]);
    }
    double across = fmax(high[0] - low[0], 1e-30);
    double up = fmax(high[1] - low[1], 1e-30);
    double inner = 2 * MARGIN * FINE;
    return (struct frame){
        fmin(((double)w - inner) / across, ((double)h - inner) / up),
        (low[0] + high[0]) / 2, (low[1] + high[1]) / 2, h, w};
}

static void
paint_dot(struct seg_tensor *canvas, double x, double y, const uint8_t rgb[3])
{
    double r = radius_px * FINE;

    for (double v = ceil(y - r); v <= y + r; v++) {
        double half = sqrt(r * r - (v - y) * (v - y));
        double first = ceil(x - half), last = floor(x + half);

        if (last >= first)
            seg_paint_box(canvas, (size_t)v, (size_t)first, 1,
                (size_t)(last - first + 1), rgb);
    }
}

static int
paint_dots(struct seg_tensor *canvas, struct seg_arena *a,
    const struct seg_scatter *s, const struct seg_legend *legend,
    struct seg_err *e)
{
    struct frame f = fit(s, canvas->shape[0], canvas->shape[1]);
    struct seg_rng r = seg_rng_make(0, NULL, "scatter", 0);
    int *order = seg_take(a, (size_t)s->n, sizeof *order, e);

    if (!order)
        return -1;
    for (int i = 0; i < s->n; i++)
        order[i] = i;
    seg_rng_shuffle(&r, order, s->n);
    for (int k = 0; k < s->n; k++) {
        int i = order[k];

        paint_dot(canvas, (double)f.w / 2 + (s->xy[2 * i] - f.x) * f.scale,
            (double)f.h / 2 - (s->xy[2 * i + 1] - f.y) * f.scale,
            legend->rgb[s->class[i]]);
    }
    return 0;
}

int
seg_scatter_paint(struct seg_tensor *canvas, struct seg_arena *a,
    const struct seg_scatter *s, const struct seg_legend *legend, size_t h,
    size_t w, struct seg_err *e)
{
    struct seg_tensor fine, part[2];

    if (seg_canvas(&fine, a, h * FINE, w * FINE, e) ||
        paint_dots(&fine, a, s, legend, e) || seg_canvas(part, a, h, w, e) ||
        seg_legend_paint(part + 1, a, legend, w, e))
        return -1;
    seg_thumbnail_colors(part, &fine);
    return seg_paint_sheet(canvas, a, part, 2, 1, e);
}
