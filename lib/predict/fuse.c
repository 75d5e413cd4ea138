#include <math.h>
#include <string.h>

#include "lib/label/labelmap.h"
#include "lib/predict/fuse.h"

int
seg_fuse_start(struct seg_fuse *f, int h, int w, int k, struct seg_err *e)
{
    size_t pixels = (size_t)h * (size_t)w, n;

    seg_arena_reset(&f->arena);
    f->h = h;
    f->w = w;
    f->k = k;
    if (seg_mul(&n, pixels, (size_t)k))
        return seg_fail(e, SEG_EMEM, "%d x %d pixels of %d classes", w, h, k);
    f->sum = seg_take(&f->arena, n, sizeof *f->sum, e);
    f->weight = seg_take(&f->arena, pixels, sizeof *f->weight, e);
    f->covered = seg_take(&f->arena, pixels, 1, e);
    return f->sum && f->weight && f->covered ? 0 : -1;
}

/* Fails unless t holds probabilities of k classes, or class ids, for the
   window. */
static int
check(const struct seg_tensor *t, int k, const struct seg_window *win,
    const char *where, struct seg_err *e)
{
    char text[120];
    int probs = t->rank == 3 && t->type == SEG_F32 && t->shape[2] == (size_t)k;

    if ((!probs && (t->rank != 2 || t->type != SEG_U8)) ||
        t->shape[0] != (size_t)win->h || t->shape[1] != (size_t)win->w)
        return seg_fail(e, SEG_EDATA,
            "%s: %s is %s; expected are %d x %d pixels, f32 of %d classes or "
            "u8",
            where, t->name, seg_tensor_describe(text, sizeof text, t), win->w,
            win->h, k);
    return 0;
}

/* Adds pixel `at` of t to sum.  Returns 1 if it counts, 0 if it has no data, -1
   if the value is invalid. */
static int
add_pixel(float *sum, const struct seg_tensor *t, size_t at, int k, float w)
{
    if (t->rank == 2) {
        int class = ((const uint8_t *)t->data)[at];

        if (class == SEG_IGNORE)
            return 0;
        if (class >= k)
            return -1;
        sum[class] += w;
        return 1;
    }
    const float *p = (const float *)t->data + at * (size_t)k;
    int counts = 0;
    for (int i = 0; i < k; i++) {
        if (!(p[i] >= 0 && p[i] <= 1.001f))
            return -1;
        sum[i] += w * p[i];
        counts |= p[i] > 0;
    }
    return counts;
}

static float
taper(int i, int n)
{
    double s = sin(acos(-1) * (i + 0.5) / n);

    return (float)(s * s);
}

int
seg_fuse_add(struct seg_fuse *f, const struct seg_tensor *t,
    const struct seg_window *win, const struct seg_fuse_weight *weight,
    const char *where, struct seg_err *e)
{
    if (check(t, f->k, win, where, e))
        return -1;
    for (int i = 0; i < win->h; i++) {
        float down = weight->taper ? taper(i, win->h) : 1;

        for (int j = 0; j < win->w; j++) {
            size_t from = (size_t)i * (size_t)win->w + (size_t)j, to;
            float w = (float)weight->weight;

            if (!seg_window_at(win, i, j, f->h, f->w, &to))
                continue;
            if (weight->taper)
                w *= down * taper(j, win->w);
            int added = add_pixel(f->sum + to * (size_t)f->k, t, from, f->k, w);
            if (added < 0)
                return seg_fail(e, SEG_EDATA,
                    "%s: %s at (x %d, y %d) is not a %s of %d classes", where,
                    t->name, j, i, t->rank == 3 ? "probability" : "class",
                    f->k);
            f->weight[to] += added ? w : 0;
            f->covered[to] |= w > 0;
        }
    }
    return 0;
}

/* The probability that pixel i belongs to the object; *has_data is 0 if the
   pixel has no data. */
static float
object_at(const struct seg_tensor *t, size_t i, int *has_data)
{
    const float *p = (const float *)t->data + 2 * i;
    int mask = t->rank == 2 ? ((const uint8_t *)t->data)[i] : 0;

    *has_data = t->rank == 3 ? p[0] != 0 || p[1] != 0
                             : mask != SEG_IGNORE || strcmp(t->name, "pred");
    return t->rank == 3 ? p[1] : mask != 0;
}

/* Half a probability for the background, once. */
static void
add_background(struct seg_fuse *f, size_t i)
{
    float *sum = f->sum + i * (size_t)f->k;

    f->covered[i] = 1;
    if (sum[0] == 0) {
        sum[0] = 0.5f;
        f->weight[i] += 0.5f;
    }
}

void
seg_fuse_background(struct seg_fuse *f)
{
    for (size_t i = 0; i < (size_t)f->h * (size_t)f->w; i++)
        add_background(f, i);
}

int
seg_fuse_object(struct seg_fuse *f, const struct seg_tensor *t,
    const struct seg_window *win, int class, const char *where,
    struct seg_err *e)
{
    int has_data;

    if (check(t, 2, win, where, e))
        return -1;
    for (int i = 0; i < win->h; i++)
        for (int j = 0; j < win->w; j++) {
            size_t from = (size_t)i * (size_t)win->w + (size_t)j, to;
            float p = object_at(t, from, &has_data);

            if (!seg_window_at(win, i, j, f->h, f->w, &to))
                continue;
            if (!(p >= 0 && p <= 1.001f))
                return seg_fail(e, SEG_EDATA,
                    "%s: %s at (x %d, y %d) is not a probability", where,
                    t->name, j, i);
            f->covered[to] = 1;
            if (!has_data)
                continue;
            f->weight[to] += p;
            f->sum[to * (size_t)f->k + (size_t) class] += p;
            add_background(f, to);
        }
    return 0;
}

/* Divides the scores of a row by their weights; covered becomes 1 for pixels
   without data, 0 for others. */
static int
divide_row(struct seg_fuse *f, int y, const char *where, struct seg_err *e)
{
    size_t k = (size_t)f->k, at = (size_t)y * (size_t)f->w;

    for (int x = 0; x < f->w; x++, at++) {
        float w = f->weight[at];

        if (!f->covered[at])
            return seg_fail(e, SEG_EDATA,
                "%s: no prediction covers (x %d, y %d)", where, x, y);
        f->covered[at] = !(w > 0);
        for (size_t i = 0; i < k && w > 0; i++)
            f->sum[at * k + i] /= w;
    }
    return 0;
}

int
seg_fuse_end(struct seg_fuse *f, const struct seg_pixel_outputs *v,
    const char *where, struct seg_err *e)
{
    struct seg_pixel_outputs with_gaps = *v;

    with_gaps.gap = f->covered;
    for (int y = 0; y < f->h; y++) {
        float *row = f->sum + (size_t)y * (size_t)f->w * (size_t)f->k;

        if (divide_row(f, y, where, e))
            return -1;
        if (seg_pixel_outputs_row(&with_gaps, y, 0, f->w, row, f->k))
            return seg_fail(e, SEG_EDATA, "%s: not a finite number", where);
    }
    return 0;
}

void
seg_fuse_free(struct seg_fuse *f)
{
    seg_arena_free(&f->arena);
}
