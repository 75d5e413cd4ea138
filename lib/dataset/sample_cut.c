/* Cuts a window out of a record (sample.h). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/dataset/sample.h"
#include "lib/image/nodata.h"
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

static int
cut_tensor(struct seg_record *out, const struct source *source,
    const struct seg_sample *s, struct seg_err *e)
{
    const struct seg_tensor *in = source->t;
    const struct cut *c = source->cut;
    size_t shape[3] = {(size_t)s->h, (size_t)s->w, in->shape[2]};
    size_t px = pixel_bytes(in);
    struct seg_tensor pad,
        *t = seg_record_add(out, in->name, in->type, in->rank, shape, e);

    if (!t)
        return -1;
    if (c->to_h == s->h && c->to_w == s->w)
        return copy_visible(t, source, &out->arena, e);
    struct seg_tensor part = *t;
    part.shape[0] = (size_t)c->to_h;
    part.shape[1] = (size_t)c->to_w;
    part.bytes = part.shape[0] * part.shape[1] * px;
    part.data = seg_take_dirty(&out->arena, part.bytes, 1, e);
    if (!part.data || copy_visible(&part, source, &out->arena, e) ||
        make_pad(&pad, &part, &source->nodata, &out->arena, e))
        return -1;
    char *to = t->data;
    for (size_t i = 0; i < shape[0] * shape[1]; i++)
        memcpy(to + i * px, pad.data, px);
    to += ((size_t)c->to_y * shape[1] + (size_t)c->to_x) * px;
    copy_rows(to, shape[1] * px, part.data, (size_t)c->to_w * px,
        (size_t)c->to_w * px, c->to_h);
    return 0;
}

static int
describe(struct seg_record *out, const struct seg_record *in,
    const struct seg_window *win, struct seg_err *e)
{
    char *key = seg_take_text(
        &out->arena, e, "%s@%d,%d", seg_record_key(in), win->y, win->x);
    char where[80];

    snprintf(where, sizeof where, "%d,%d,%d,%d%s%s%s", win->y, win->x, win->h,
        win->w, win->flip_x || win->flip_y ? " flip " : "",
        win->flip_x ? "x" : "", win->flip_y ? "y" : "");
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

int
seg_sample_cut(struct seg_record *out, const struct seg_record *in,
    const struct seg_window *win, const struct seg_sample *s, struct seg_err *e)
{
    struct seg_nodata nodata;
    struct cut c;
    int h, w;

    seg_record_clear(out);
    if (seg_sample_size(&h, &w, in, e) || seg_nodata_get(&nodata, in, e) ||
        describe(out, in, win, e))
        return -1;
    cut_axis(win->y, win->h, h, s->h, &c.y, &c.h, &c.to_y, &c.to_h);
    cut_axis(win->x, win->w, w, s->w, &c.x, &c.w, &c.to_x, &c.to_w);
    for (int i = 0; i < in->ntensors; i++) {
        const struct seg_tensor *t = in->tensors + i;
        struct source source = {.t = t, .cut = &c};

        if (!strcmp(t->name, "image") || !strcmp(t->name, "image.1"))
            source.nodata = nodata;
        if ((t->rank != 2 && t->rank != 3) || t->shape[0] != (size_t)h ||
            t->shape[1] != (size_t)w || !t->bytes)
            continue;
        if (cut_tensor(out, &source, s, e))
            return -1;
    }
    for (int i = 0; i < out->ntensors; i++)
        mirror(out->tensors + i, win->flip_x, win->flip_y);
    return 0;
}
