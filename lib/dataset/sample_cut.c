/* Cuts a window out of a record (sample.h). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/dataset/sample.h"
#include "lib/dataset/sample_warp.h"
#include "lib/image/mask.h"
#include "lib/image/warp.h"
#include "lib/label/labelmap.h"

/* The visible part of a window: its rectangle in the image, and in the
   patch. */
struct cut {
    int y, x, h, w;
    int to_y, to_x, to_h, to_w;
};

/* One axis: the part of [start, start + n) that lies in the image, and its
   position in a patch of `out` pixels. */
static void
cut_axis(int start, int n, int size, int out, int *from, int *len, int *to,
    int *to_len)
{
    int lo = start < 0 ? 0 : start;
    int hi = start + n > size ? size : start + n;
    int64_t a = ((int64_t)(lo - start) * out + n / 2) / n;
    int64_t b = ((int64_t)(hi - start) * out + n / 2) / n;

    a = a >= out ? out - 1 : a;
    *from = lo;
    *len = hi - lo;
    *to = (int)a;
    *to_len = (int)(b > a ? b - a : 1);
}

static size_t
pixel_bytes(const struct seg_tensor *t)
{
    return seg_type_size(t->type) * seg_tensor_bands(t);
}

/* Copies rows of b bytes between images with different pitches. */
static void
copy_rows(char *to, size_t to_pitch, const char *from, size_t from_pitch,
    size_t b, int rows)
{
    for (int y = 0; y < rows; y++)
        memcpy(to + (size_t)y * to_pitch, from + (size_t)y * from_pitch, b);
}

/* A tensor of the record and the part to cut. */
struct source {
    const struct seg_tensor *t;
    const struct cut *cut;
    struct seg_nodata nodata; /* of an image */
};

/* Copies the visible part into part, resized to its size in the patch. */
static int
copy_visible(struct seg_tensor *part, const struct source *s,
    struct seg_arena *a, struct seg_err *e)
{
    const struct seg_tensor *in = s->t;
    const struct cut *c = s->cut;
    size_t px = pixel_bytes(in);

    if (c->h == c->to_h && c->w == c->to_w) {
        const char *from = (const char *)in->data +
                           ((size_t)c->y * in->shape[1] + (size_t)c->x) * px;

        copy_rows(part->data, (size_t)c->w * px, from, in->shape[1] * px,
            (size_t)c->w * px, c->h);
        return 0;
    }
    struct seg_box box = {c->y, c->x, c->h, c->w};
    return seg_nodata_resize(part, in, &box,
        in->rank == 2 ? SEG_RESIZE_NEAREST : SEG_RESIZE_BILINEAR, &s->nodata, a,
        e);
}

/* The mean of each band over the pixels with data; if there are none, a pixel
   without data. */
static int
mean_pixel(struct seg_tensor *pad, const struct seg_tensor *part,
    const struct seg_nodata *nodata, struct seg_arena *a, struct seg_err *e)
{
    size_t bands = seg_tensor_bands(part), gaps = 0;
    size_t pixels = part->shape[0] * part->shape[1];
    uint8_t *gap;

    if (seg_nodata_map(&gap, nodata, part, a, e))
        return -1;
    for (size_t i = 0; gap && i < pixels; i++)
        gaps += gap[i] != 0;
    if (gaps == pixels) {
        memcpy(pad->data, part->data, pad->bytes);
        return 0;
    }
    for (size_t b = 0; b < bands; b++) {
        double sum = 0;

        for (size_t i = 0; i < pixels; i++)
            if (!gap || !gap[i])
                sum += seg_tensor_get(part, i * bands + b);
        sum /= (double)(pixels - gaps);
        /* whole numbers are truncated, not rounded */
        seg_tensor_put(
            pad, b, seg_type_is_float(part->type) ? sum : trunc(sum));
    }
    return 0;
}

/* A pixel for the padding: the mean of each band, the ignore value, or 0. */
static int
make_pad(struct seg_tensor *pad, const struct seg_tensor *part,
    const struct seg_nodata *nodata, struct seg_arena *a, struct seg_err *e)
{
    *pad = *part;
    pad->shape[0] = pad->shape[1] = 1;
    pad->bytes = pixel_bytes(part);
    pad->data = seg_take(a, pad->bytes, 1, e);
    if (!pad->data)
        return -1;
    if (part->rank == 3)
        return mean_pixel(pad, part, nodata, a, e);
    if (!strcmp(part->name, "label") || !strcmp(part->name, "pred"))
        seg_tensor_put(pad, 0, SEG_IGNORE);
    return 0;
}

static int
is_image(const struct seg_tensor *t)
{
    return !strcmp(t->name, "image") || !strcmp(t->name, "image.1");
}

static void
swap(char *a, char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char t = a[i];

        a[i] = b[i];
        b[i] = t;
    }
}

static void
mirror(struct seg_tensor *t, int across, int down)
{
    size_t h = t->shape[0], w = t->shape[1], px = pixel_bytes(t);
    char *p = t->data;

    for (size_t y = 0; across && y < h; y++)
        for (size_t x = 0; x < w / 2; x++)
            swap(p + (y * w + x) * px, p + (y * w + w - 1 - x) * px, px);
    for (size_t y = 0; down && y < h / 2; y++)
        swap(p + y * w * px, p + (h - 1 - y) * w * px, w * px);
}

/* Gives t, which has no data yet, a size and memory from a. */
static int
set_size(
    struct seg_tensor *t, int h, int w, struct seg_arena *a, struct seg_err *e)
{
    size_t px = pixel_bytes(t);

    t->shape[0] = (size_t)h;
    t->shape[1] = (size_t)w;
    t->bytes = t->shape[0] * t->shape[1] * px;
    t->data = seg_take_dirty(a, t->bytes, 1, e);
    return t->data ? 0 : -1;
}

/* Fills t with the visible part and padding around it. */
static int
fill(struct seg_tensor *t, const struct source *source, struct seg_arena *a,
    struct seg_err *e)
{
    const struct cut *c = source->cut;
    size_t h = t->shape[0], w = t->shape[1], px = pixel_bytes(t);
    struct seg_tensor pad, part = *t;
    char *to = t->data;

    if ((size_t)c->to_h == h && (size_t)c->to_w == w)
        return copy_visible(t, source, a, e);
    if (set_size(&part, c->to_h, c->to_w, a, e) ||
        copy_visible(&part, source, a, e) ||
        make_pad(&pad, &part, &source->nodata, a, e))
        return -1;
    for (size_t i = 0; i < h * w; i++)
        memcpy(to + i * px, pad.data, px);
    to += ((size_t)c->to_y * w + (size_t)c->to_x) * px;
    copy_rows(to, w * px, part.data, (size_t)c->to_w * px, (size_t)c->to_w * px,
        c->to_h);
    return 0;
}

/* Rotates by quarter turns, counterclockwise. */
static void
turn(struct seg_tensor *out, const struct seg_tensor *in, int turns)
{
    static const int orientation[] = {1, 8, 3, 6};
    struct seg_tensor from = *in;

    from.shape[2] = seg_tensor_bands(in);
    seg_image_orient(out, &from, orientation[turns]);
}

static int
cut_tensor(struct seg_record *out, const struct source *source,
    const struct seg_sample_warp *warp, const struct seg_sample *s,
    struct seg_err *e)
{
    const struct seg_tensor *in = source->t;
    size_t shape[3] = {(size_t)s->h, (size_t)s->w, in->shape[2]};
    int across = warp->win.turn & 1;
    struct seg_arena *a = &out->arena;
    struct seg_tensor *t =
        seg_record_add(out, in->name, in->type, in->rank, shape, e);

    if (!t)
        return -1;
    if (!warp->at && !warp->win.turn)
        return fill(t, source, a, e);
    struct seg_tensor larger = *t, upright = *t;
    if (set_size(&larger, warp->h, warp->w, a, e) ||
        fill(&larger, source, a, e))
        return -1;
    if (!warp->at)
        upright = larger;
    else if (set_size(
                 &upright, across ? s->w : s->h, across ? s->h : s->w, a, e) ||
             seg_image_warp(&upright, &larger, warp->at,
                 in->rank == 2 ? SEG_RESIZE_NEAREST : SEG_RESIZE_BILINEAR,
                 &source->nodata, a, e))
        return -1;
    turn(t, &upright, warp->win.turn);
    return 0;
}

/* The text of seg.window. */
static void
print_window(char *text, size_t size, const struct seg_window *win)
{
    char rotate[20] = "", angle[40] = "", shear[40] = "";

    if (win->turn)
        snprintf(rotate, sizeof rotate, " rotate %d", 90 * win->turn);
    if (win->angle != 0)
        snprintf(angle, sizeof angle, " angle %.2f", win->angle);
    if (win->shear != 0)
        snprintf(shear, sizeof shear, " shear %.2f", win->shear);
    snprintf(text, size, "%d,%d,%d,%d%s%s%s%s%s%s%s", win->y, win->x, win->h,
        win->w, rotate, angle, shear, win->field ? " elastic" : "",
        win->flip_x || win->flip_y ? " flip " : "", win->flip_x ? "x" : "",
        win->flip_y ? "y" : "");
}

static int
describe(struct seg_record *out, const struct seg_record *in,
    const struct seg_window *win, struct seg_err *e)
{
    char *key = seg_take_text(
        &out->arena, e, "%s@%d,%d", seg_record_key(in), win->y, win->x);
    char where[200];

    print_window(where, sizeof where, win);
    if (!key || seg_record_set(out, "seg.key", key, e) ||
        seg_record_set(out, "seg.window", where, e))
        return -1;
    return seg_record_inherit(out, in, e);
}

int
seg_window_parse(struct seg_window *w, const char *text)
{
    enum { FAR = 1 << 20 };
    char flip[3] = "";
    int end = 0;

    *w = (struct seg_window){0};
    if (sscanf(text, "%d,%d,%d,%d%n", &w->y, &w->x, &w->h, &w->w, &end) != 4 ||
        w->h < 1 || w->w < 1 || w->h > FAR || w->w > FAR || w->y < -FAR ||
        w->y > FAR || w->x < -FAR || w->x > FAR)
        return -1;
    text += end;
    end = 0;
    if (*text && (sscanf(text, " flip %2[xy]%n", flip, &end) != 1 || text[end]))
        return -1;
    w->flip_x = strchr(flip, 'x') != NULL;
    w->flip_y = strchr(flip, 'y') != NULL;
    return 0;
}

/* Resampling has interpolated the masks of images. */
static int
round_masks(struct seg_record *out, struct seg_err *e)
{
    int n;

    for (int i = 0; i < out->ntensors; i++) {
        struct seg_tensor *t = out->tensors + i;

        if (t->rank != 3 || !is_image(t) || !seg_record_meta(out, "seg.mask"))
            continue;
        if (seg_mask_bands(&n, out, t, e))
            return -1;
        seg_mask_round(t, n);
    }
    return 0;
}

int
seg_sample_cut(struct seg_record *out, const struct seg_record *in,
    const struct seg_window *win, const struct seg_sample *s, struct seg_err *e)
{
    struct seg_nodata nodata;
    struct seg_sample_warp p;
    struct cut c;
    int h, w, across = win->turn & 1;

    seg_record_clear(out);
    if (seg_sample_size(&h, &w, in, e) || seg_nodata_get(&nodata, in, e) ||
        describe(out, in, win, e) ||
        seg_sample_warp_plan(&p, win, s, across ? s->w : s->h,
            across ? s->h : s->w, &out->arena, e))
        return -1;
    cut_axis(p.win.y, p.win.h, h, p.h, &c.y, &c.h, &c.to_y, &c.to_h);
    cut_axis(p.win.x, p.win.w, w, p.w, &c.x, &c.w, &c.to_x, &c.to_w);
    for (int i = 0; i < in->ntensors; i++) {
        const struct seg_tensor *t = in->tensors + i;
        struct source source = {.t = t, .cut = &c};

        if (is_image(t))
            source.nodata = nodata;
        if ((t->rank != 2 && t->rank != 3) || t->shape[0] != (size_t)h ||
            t->shape[1] != (size_t)w || !t->bytes)
            continue;
        if (cut_tensor(out, &source, &p, s, e))
            return -1;
    }
    for (int i = 0; i < out->ntensors; i++)
        mirror(out->tensors + i, win->flip_x, win->flip_y);
    return round_masks(out, e);
}
