#include <math.h>
#include <string.h>

#include "lib/dataset/sample.h"
#include "lib/dataset/sample_warp.h"
#include "lib/label/labelmap.h"

int
seg_sample_size(int *h, int *w, const struct seg_record *in, struct seg_err *e)
{
    enum { SIDE = 1 << 28 };
    const struct seg_tensor *t = seg_record_find(in, "image");

    if (!t)
        t = seg_record_find(in, "label");
    if (!t)
        return seg_fail(
            e, SEG_EDATA, "%s: neither image nor label", seg_record_name(in));
    if (t->rank < 2 || t->rank > 3 || !t->bytes || t->shape[0] > SIDE ||
        t->shape[1] > SIDE) {
        char text[120];
        return seg_fail(e, SEG_EDATA, "%s: %s is %s, not an image",
            seg_record_name(in), t->name,
            seg_tensor_describe(text, sizeof text, t));
    }
    *h = (int)t->shape[0];
    *w = (int)t->shape[1];
    return 0;
}

int
seg_sample_label(const uint8_t **label, const struct seg_record *in, int h,
    int w, struct seg_err *e)
{
    const struct seg_tensor *t = seg_record_find(in, "label");
    char text[120];

    if (!t)
        return seg_fail(
            e, SEG_EDATA, "%s: no tensor label", seg_record_name(in));
    if (t->type != SEG_U8 || t->rank != 2 || t->shape[0] != (size_t)h ||
        t->shape[1] != (size_t)w)
        return seg_fail(e, SEG_EDATA, "%s: label is %s, not [%d,%d] u8",
            seg_record_name(in), seg_tensor_describe(text, sizeof text, t), h,
            w);
    *label = t->data;
    return 0;
}

/* Smallest and largest start of a window of n pixels in an image of size
   pixels: the window lies within the image, or contains it. */
static int
first_start(int size, int n)
{
    return size < n ? size - n : 0;
}

static int
last_start(int size, int n)
{
    return size > n ? size - n : 0;
}

static int
draw_start(struct seg_rng *r, int size, int n)
{
    int lo = first_start(size, n), hi = last_start(size, n);

    return lo + (int)seg_rng_below(r, (uint64_t)(hi - lo) + 1);
}

/* A random start so that the window contains pixel `at`. */
static int
draw_around(struct seg_rng *r, int size, int n, int at)
{
    int start = at - (int)seg_rng_below(r, (uint64_t)n);
    int lo = first_start(size, n), hi = last_start(size, n);

    return start < lo ? lo : start > hi ? hi : start;
}

/* The part of a window that lies in the image. */
static struct seg_window
visible(const struct seg_window *win, int h, int w)
{
    struct seg_window v = *win;
    int y1 = win->y + win->h, x1 = win->x + win->w;

    v.y = win->y < 0 ? 0 : win->y;
    v.x = win->x < 0 ? 0 : win->x;
    v.h = y1 > v.y ? (y1 > h ? h : y1) - v.y : 0;
    v.w = x1 > v.x ? (x1 > w ? w : x1) - v.x : 0;
    return v;
}

double
seg_sample_padding(const struct seg_window *win, int h, int w)
{
    struct seg_window v = visible(win, h, w);

    return 1 - (double)v.h * v.w / ((double)win->h * win->w);
}

/* 1 if the labeled pixels of the window have fewer than two classes, or one
   class has at least max_share of them. */
static int
has_dominant_class(const uint8_t *label, const struct seg_window *win, int h,
    int w, double max_share)
{
    struct seg_window v = visible(win, h, w);
    int64_t count[256] = {0}, all = 0, top = 0;
    int classes = 0;

    for (int y = v.y; y < v.y + v.h; y++)
        for (int x = v.x; x < v.x + v.w; x++)
            count[label[(size_t)y * w + x]]++;
    for (int c = 0; c < 256; c++) {
        if (!count[c] || c == SEG_IGNORE)
            continue;
        classes++;
        all += count[c];
        top = count[c] > top ? count[c] : top;
    }
    return classes < 2 || (double)top >= max_share * (double)all;
}

static int
is_of(int value, int class)
{
    return value == class || (class == SEG_ANY_CLASS && value != SEG_IGNORE);
}

/* Draws one of the pixels of a class: *at is its index. -1 if there is none. */
static int
draw_pixel(
    size_t *at, const uint8_t *label, size_t n, int class, struct seg_rng *r)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += is_of(label[i], class);
    if (!found)
        return -1;
    size_t left = seg_rng_below(r, found);
    for (*at = 0; !is_of(label[*at], class) || left--; ++*at)
        ;
    return 0;
}

/* Everything but the position of a window of height x width pixels, before it
   is scaled. */
static void
draw_shape(struct seg_window *win, double height, double width,
    const struct seg_sample *s, struct seg_rng *r)
{
    double f = seg_rng_log_range(r, s->scale[0], s->scale[1]);
    int h = (int)fmax(1, round(height / f)), w = (int)fmax(1, round(width / f));

    *win = (struct seg_window){.h = h, .w = w};
    win->flip_x = s->flip_x & (int)seg_rng_below(r, 2);
    win->flip_y = s->flip_y & (int)seg_rng_below(r, 2);
    if (s->turn)
        win->turn = (int)seg_rng_below(r, 4);
    if (win->turn & 1) {
        win->h = w;
        win->w = h;
    }
    if (s->angle[0] != 0 || s->angle[1] != 0)
        win->angle = seg_rng_range(r, s->angle[0], s->angle[1]);
    if (s->elastic > 0)
        win->field = seg_rng_bits(r) | 1;
    if (s->shear[0] != 0 || s->shear[1] != 0)
        win->shear = seg_rng_range(r, s->shear[0], s->shear[1]);
}

/* Moves a start of n pixels by a random share of n, but not entirely out of an
   image of `size` pixels. */
static int
shifted(int start, int n, int size, double share, struct seg_rng *r)
{
    start += (int)lround(n * seg_rng_range(r, -share, share));
    return start <= -n ? 1 - n : start >= size ? size - 1 : start;
}

static void
shift(struct seg_window *win, int h, int w, const struct seg_sample *s,
    struct seg_rng *r)
{
    if (s->shift == 0)
        return;
    win->y = shifted(win->y, win->h, h, s->shift, r);
    win->x = shifted(win->x, win->w, w, s->shift, r);
}

int
seg_sample_window(struct seg_window *win, const struct seg_record *in,
    const struct seg_sample *s, int class, uint64_t index, struct seg_err *e)
{
    struct seg_rng r =
        seg_rng_make(s->seed, seg_record_key(in), "sample.window", index);
    int h, w, capped = class == SEG_NO_CLASS && s->max_share < 1;
    const uint8_t *label = NULL;

    if (seg_sample_size(&h, &w, in, e) ||
        ((capped || class != SEG_NO_CLASS) &&
            seg_sample_label(&label, in, h, w, e)))
        return -1;
    draw_shape(win, s->h, s->w, s, &r);
    if (class != SEG_NO_CLASS) {
        size_t at;

        if (draw_pixel(&at, label, (size_t)h * (size_t)w, class, &r))
            return class == SEG_ANY_CLASS
                       ? seg_fail(e, SEG_EDATA, "%s: no labeled pixel",
                             seg_record_name(in))
                       : seg_fail(e, SEG_EDATA, "%s: no pixel of class %d",
                             seg_record_name(in), class);
        win->y = draw_around(&r, h, win->h, (int)(at / (size_t)w));
        win->x = draw_around(&r, w, win->w, (int)(at % (size_t)w));
        if (win->angle != 0 || win->shear != 0)
            seg_sample_warp_around(
                win, (int)(at / (size_t)w), (int)(at % (size_t)w));
        shift(win, h, w, s, &r);
        return 0;
    }
    for (int attempt = 0; attempt < 10; attempt++) {
        win->y = draw_start(&r, h, win->h);
        win->x = draw_start(&r, w, win->w);
        if (!capped || !has_dominant_class(label, win, h, w, s->max_share))
            break;
    }
    shift(win, h, w, s, &r);
    return 0;
}

int
seg_sample_around(struct seg_window *win, const struct seg_record *in,
    const struct seg_box *box, const struct seg_sample *s, uint64_t index,
    struct seg_err *e)
{
    struct seg_rng r =
        seg_rng_make(s->seed, seg_record_key(in), "sample.around", index);
    int h, w;

    if (seg_sample_size(&h, &w, in, e))
        return -1;

    /* pixels of the image for one of the patch */
    double f = fmax(box->h / s->h, box->w / s->w);
    draw_shape(win, f * s->h, f * s->w, s, &r);
    win->y = (int)lround(box->y + (box->h - win->h) / 2);
    win->x = (int)lround(box->x + (box->w - win->w) / 2);
    shift(win, h, w, s, &r);
    return 0;
}

/* Number of windows of n pixels, stride apart, that cover size pixels. */
static int
count_tiles(int size, int n, int stride)
{
    return size <= n ? 1 : 1 + (size - n + stride - 1) / stride;
}

size_t
seg_sample_tiles(const struct seg_sample *s, int h, int w)
{
    return (size_t)count_tiles(w, s->w, s->stride[0]) *
           (size_t)count_tiles(h, s->h, s->stride[1]);
}

struct seg_window
seg_sample_tile(const struct seg_sample *s, int h, int w, size_t i)
{
    size_t across = (size_t)count_tiles(w, s->w, s->stride[0]);
    int64_t x = (int64_t)(i % across) * s->stride[0];
    int64_t y = (int64_t)(i / across) * s->stride[1];
    struct seg_window win = {.h = s->h, .w = s->w};

    win.x = x > last_start(w, s->w) ? last_start(w, s->w) : (int)x;
    win.y = y > last_start(h, s->h) ? last_start(h, s->h) : (int)y;
    return win;
}

int
seg_sample_item(int *order, int n, uint64_t *epoch, uint64_t seed, uint64_t i)
{
    uint64_t wanted = i / (uint64_t)n;

    if (*epoch != wanted) {
        struct seg_rng r = seg_rng_make(seed, NULL, "sample.order", wanted);

        for (int k = 0; k < n; k++)
            order[k] = k;
        seg_rng_shuffle(&r, order, n);
        *epoch = wanted;
    }
    return order[i % (uint64_t)n];
}
