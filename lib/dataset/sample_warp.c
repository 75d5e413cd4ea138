#include <math.h>

#include "lib/dataset/sample_warp.h"
#include "lib/image/warp.h"

/* A shear and then a rotation of positions relative to a center; rows point
   down. */
struct turn {
    double cos, sin, shear;
};

static struct turn
turn_of(const struct seg_window *win)
{
    double degree = acos(-1) / 180, a = win->angle * degree;

    return (struct turn){cos(a), sin(a), tan(win->shear * degree)};
}

static void
turn(double *y, double *x, const struct turn *r)
{
    double across = *x + r->shear * *y;

    *x = r->cos * across - r->sin * *y;
    *y = r->sin * across + r->cos * *y;
}

/* Adds to each displacement at[] the position of its pixel, sheared and
   rotated, relative to the patch.  Returns the largest distance from the
   patch. */
static double
place(float *at, int h, int w, const struct seg_window *win)
{
    struct turn by = turn_of(win);
    double cy = (h - 1) / 2.0, cx = (w - 1) / 2.0, most = 0;

    for (int i = 0; i < h; i++)
        for (int j = 0; j < w; j++, at += 2) {
            double y = i - cy + (double)at[0], x = j - cx + (double)at[1];

            turn(&y, &x, &by);
            most = fmax(most, fmax(fabs(y) - cy, fabs(x) - cx));
            at[0] = (float)(y + cy);
            at[1] = (float)(x + cx);
        }
    return most;
}

/* One axis: enlarges n pixels of the image, shown by *size pixels of the patch,
   by `margin` of the latter.  A position p of the patch is at (p + 0.5) scale +
   shift of the larger patch. */
static void
enlarge(
    int *start, int *n, int *size, double margin, double *scale, double *shift)
{
    double f = (double)*n / *size;
    int more = (int)ceil(margin * f) + 1;
    int larger = *n + 2 * more, pixels = (int)fmax(1, round(larger / f));

    *scale = f * pixels / larger;
    *shift = (double)more * pixels / larger - 0.5;
    *start -= more;
    *n = larger;
    *size = pixels;
}

int
seg_sample_warp_plan(struct seg_sample_warp *p, const struct seg_window *win,
    const struct seg_sample *s, int h, int w, struct seg_arena *a,
    struct seg_err *e)
{
    size_t n = (size_t)h * (size_t)w;
    double scale[2], shift[2];
    float *at;

    *p = (struct seg_sample_warp){.win = *win, .h = h, .w = w};
    if (win->angle == 0 && win->shear == 0 && !win->field)
        return 0;
    if (win->field)
        at = seg_elastic_field(h, w, s->elastic, s->smooth, win->field, a, e);
    else
        at = seg_take(a, 2 * n, sizeof *at, e);
    if (!at)
        return -1;
    double margin = place(at, h, w, win);
    enlarge(&p->win.y, &p->win.h, &p->h, margin, scale, shift);
    enlarge(&p->win.x, &p->win.w, &p->w, margin, scale + 1, shift + 1);
    for (size_t i = 0; i < 2 * n; i++)
        at[i] = (float)(((double)at[i] + 0.5) * scale[i & 1] + shift[i & 1]);
    p->at = at;
    return 0;
}

void
seg_sample_warp_around(struct seg_window *win, int y, int x)
{
    struct turn by = turn_of(win);
    double dy = y - win->y - (win->h - 1) / 2.0, ry = dy;
    double dx = x - win->x - (win->w - 1) / 2.0, rx = dx;

    turn(&ry, &rx, &by);
    win->y += (int)floor(dy - ry + 0.5);
    win->x += (int)floor(dx - rx + 0.5);
}
