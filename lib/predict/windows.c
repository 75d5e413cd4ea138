#include <math.h>
#include <string.h>

#include "lib/base/integer.h"
#include "lib/predict/windows.h"

/* ---- positions of windows ---- */

static int
cover_blended(struct seg_span *s, int all, int size, int overlap)
{
    int n = 0, at = 0;

    if (size >= all) {
        s[0] = (struct seg_span){0, all, 0, all};
        return 1;
    }
    for (;; at += size - overlap) {
        int end = at + size >= all, from = 0;

        if (end) {
            from = at - (all - size);
            at = all - size;
        }
        s[n++] = (struct seg_span){at, size, from, end ? size : size - overlap};
        if (end)
            return n;
    }
}

static int
cover_exact(struct seg_span *s, int all, int size,
    const struct seg_net_receptive_field *r, const char *where,
    struct seg_err *e)
{
    int whole = size / r->align * r->align,
        before = round_up(r->before, r->align);
    int to = (whole - r->after) / r->align * r->align, n = 0;

    if (size >= all) {
        s[0] = (struct seg_span){0, all, 0, all};
        return 1;
    }
    if (to <= before)
        return seg_fail(e, SEG_EDATA,
            "%s: windows of %d pixels are too small to be exact: the receptive "
            "field of the network extends %d before and %d after, which needs "
            "%d",
            where, size, r->before, r->after,
            round_up(before + r->align + r->after, r->align));
    for (int at = 0;; at += to - before) {
        int end = at + whole >= all, from = at ? before : 0;

        s[n++] = (struct seg_span){
            at, end ? all - at : whole, from, end ? all - at : to};
        if (end)
            return n;
    }
}

/* Computes the windows along both axes.  With SEG_BLEND_HALO they cover the
   padded image. */
static int
cover(struct seg_windows *q, const char *where, struct seg_err *e)
{
    struct seg_predictor *p = q->predictor;
    int all[2] = {q->h, q->w};

    p->keep_methods = 0;
    if (q->blend == SEG_BLEND_HALO) {
        if (seg_predictor_dry_run(p, q->h, q->w, e))
            return -1;
        all[0] = p->padded_h;
        all[1] = p->padded_w;
        p->keep_methods = 1;
    }
    for (int axis = 0; axis < 2; axis++) {
        struct seg_net_receptive_field field;
        /* windows are at least one pixel apart */
        size_t most = (size_t)all[axis] + 1;

        q->span[axis] = seg_take(&q->arena, most, sizeof *q->span[axis], e);
        if (!q->span[axis])
            return -1;
        if (q->blend != SEG_BLEND_HALO)
            q->spans[axis] = cover_blended(
                q->span[axis], all[axis], q->size[axis], q->overlap);
        else if (seg_net_receptive_field(p->net, axis, &field, e))
            return -1;
        else
            q->spans[axis] = cover_exact(
                q->span[axis], all[axis], q->size[axis], &field, where, e);
        if (q->spans[axis] < 0)
            return -1;
    }
    return 0;
}

/* ---- memory ---- */

static int
allocate(struct seg_windows *q, const char *where, struct seg_err *e)
{
    struct seg_predictor *p = q->predictor;
    size_t h = (size_t)q->span[0][0].size, w = (size_t)q->span[1][0].size;
    size_t pixel = (size_t)q->c * seg_type_size(q->type);
    size_t m = (size_t)q->overlap;

    if (seg_predictor_fit(p, 1, (int)h, (int)w, e))
        return -1;
    size_t k = (size_t)seg_net_output(p->net)->c;
    size_t rows = h < (size_t)q->h ? h : (size_t)q->h;
    size_t bytes = seg_predictor_bytes(p) + q->arena.held +
                   (rows * (size_t)q->w + h * w) * pixel +
                   m * ((size_t)q->w + h) * k * sizeof(float);

    if (q->mem_limit && bytes > q->mem_limit)
        return seg_fail(e, SEG_EMEM,
            "%s: windows of %zux%zu take %zu bytes, the limit is %zu", where, w,
            h, bytes, q->mem_limit);
    q->buffer = seg_take_dirty(&q->arena, rows * (size_t)q->w, pixel, e);
    q->image = seg_take_dirty(&q->arena, h * w, pixel, e);
    q->above =
        seg_take_dirty(&q->arena, m * (size_t)q->w * k, sizeof(float), e);
    q->left = seg_take_dirty(&q->arena, h * m * k, sizeof(float), e);
    q->ramp = seg_take_dirty(&q->arena, m, sizeof(float), e);
    if (!q->buffer || !q->image || !q->above || !q->left || !q->ramp)
        return -1;
    /* rounded up to whole pages */
    q->bytes = seg_predictor_bytes(p) + q->arena.held;
    return 0;
}

/* The weight of the later of two windows at position i of their overlap. */
static float
later_weight(const struct seg_windows *q, int i)
{
    double s = sin(2 * atan(1) * (i + 0.5) / q->overlap);

    return q->blend == SEG_BLEND_HANN ? (float)(s * s)
           : q->blend == SEG_BLEND_MEAN
               ? 0.5f
               : (float)(i + 1) / (float)(q->overlap + 1);
}

int
seg_windows_start(struct seg_windows *q, int h, int w, int c,
    enum seg_type type, const char *where, struct seg_err *e)
{
    seg_arena_free(&q->arena); /* so that arena.held counts only this image */
    q->h = h;
    q->w = w;
    q->c = c;
    q->type = type;
    q->next_row = q->delivered = q->base = q->rows = 0;
    if (q->blend == SEG_BLEND_HALO)
        q->overlap = 0;
    if (cover(q, where, e) || allocate(q, where, e))
        return -1;
    for (int i = 0; i < q->overlap; i++)
        q->ramp[i] = later_weight(q, i);
    return 0;
}

/* ---- blending ---- */

/* The current window, for the threads that receive its rows. */
struct pass {
    struct seg_windows *q;
    const struct seg_span *y, *x;
};

/* The weight at position i of a window along one axis; the first and last
   window have no neighbor on one side. */
static float
weight(const struct seg_windows *q, int axis, const struct seg_span *s, int i)
{
    if (s->at && i < s->from + q->overlap)
        return q->ramp[i - s->from];
    if (s != q->span[axis] + q->spans[axis] - 1 && i >= s->to)
        return 1 - q->ramp[i - s->to];
    return 1;
}

static void
add(float *to, const float *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i];
}

/* Weights the scores of a row and adds those that the window on the left
   saved. */
static void
blend_left(const struct pass *p, int y, float *u, size_t k)
{
    const struct seg_windows *q = p->q;
    const struct seg_span *x = p->x;
    size_t m = (size_t)q->overlap;
    float *left = q->left + (size_t)y * m * k, wy = weight(q, 0, p->y, y);

    for (int i = x->from; i < x->size; i++) {
        float w = wy * weight(q, 1, x, i);

        for (size_t c = 0; c < k; c++)
            u[(size_t)i * k + c] *= w;
    }
    if (x->at)
        add(u + (size_t)x->from * k, left, m * k);
    if (x->to < x->size)
        memcpy(left, u + (size_t)x->to * k, m * k * sizeof *u);
}

static int
take_row(void *with, int y, int x0, int n, float *u, int k)
{
    const struct pass *p = with;
    struct seg_windows *q = p->q;
    const struct seg_span *sy = p->y, *sx = p->x;
    int from = sx->at + sx->from, to = sx->at + sx->to, row = sy->at + y;
    size_t some = (size_t)(to - from) * (size_t)k;

    (void)x0;
    (void)n;
    if (q->overlap)
        blend_left(p, y, u, (size_t)k);
    u += (size_t)sx->from * (size_t)k;
    float *above = q->above + (size_t)from * (size_t)k;
    size_t pitch = (size_t)q->w * (size_t)k;
    if (q->overlap && sy->at && y < sy->from + q->overlap)
        add(u, above + (size_t)(y - sy->from) * pitch, some);
    if (y >= sy->to) {
        memcpy(above + (size_t)(y - sy->to) * pitch, u, some * sizeof *u);
        return 0;
    }
    to = to < q->w ? to : q->w;
    return row < q->h && from < to
               ? q->take(q->with, row, from, to - from, u, k)
               : 0;
}

/* ---- rows of windows ---- */

/* Cuts the window from the buffer; pixels outside the image repeat its last row
   and column. */
static void
cut(struct seg_windows *q, const struct seg_span *y, const struct seg_span *x)
{
    size_t pixel = (size_t)q->c * seg_type_size(q->type);
    int inside = x->at + x->size < q->w ? x->size : q->w - x->at;
    char *to = q->image;

    for (int i = 0; i < y->size; i++) {
        int row = y->at + i < q->h ? y->at + i : q->h - 1;
        const char *from =
            q->buffer +
            ((size_t)(row - q->base) * (size_t)q->w + (size_t)x->at) * pixel;

        memcpy(to, from, (size_t)inside * pixel);
        to += (size_t)inside * pixel;
        for (int j = inside; j < x->size; j++, to += pixel)
            memcpy(to, to - pixel, pixel);
    }
}

static int
predict(struct seg_windows *q, const struct seg_span *y,
    const struct seg_span *x, const char *where, struct seg_err *e)
{
    struct seg_predictor *p = q->predictor;
    struct pass pass = {q, y, x};
    struct seg_tensor image = {.name = "image",
        .type = q->type,
        .rank = 3,
        .shape = {(size_t)y->size, (size_t)x->size, (size_t)q->c},
        .bytes = (size_t)y->size * (size_t)x->size * (size_t)q->c *
                 seg_type_size(q->type),
        .data = q->image};

    cut(q, y, x);
    /* rows saved by the window above are read before new ones are saved */
    if (seg_predictor_run(p, &image, where, e) ||
        seg_predictor_rows(p, 0, y->from, y->to, take_row, &pass, where, e))
        return -1;
    if (!q->overlap)
        return 0;
    return seg_predictor_rows(p, 0, y->to, y->size, take_row, &pass, where, e);
}

/* Runs a row of windows, then drops the image rows that the next one does not
   need. */
static int
run_row(struct seg_windows *q, const char *where, struct seg_err *e)
{
    const struct seg_span *y = q->span[0] + q->next_row++;
    size_t row = (size_t)q->w * (size_t)q->c * seg_type_size(q->type);

    for (int i = 0; i < q->spans[1]; i++)
        if (predict(q, y, q->span[1] + i, where, e))
            return -1;
    q->delivered = y->at + y->to < q->h ? y->at + y->to : q->h;
    if (q->next_row == q->spans[0])
        return 0;
    int drop = y[1].at - q->base;
    q->base += drop;
    q->rows -= drop;
    memmove(q->buffer, q->buffer + (size_t)drop * row, (size_t)q->rows * row);
    return 0;
}

int
seg_windows_push(struct seg_windows *q, const struct seg_tensor *rows,
    const char *where, struct seg_err *e)
{
    size_t row = (size_t)q->w * (size_t)q->c * seg_type_size(q->type);
    const char *from = rows->data;
    int n = (int)rows->shape[0];

    while (q->next_row < q->spans[0]) {
        const struct seg_span *y = q->span[0] + q->next_row;
        int end = y->at + y->size < q->h ? y->at + y->size : q->h;
        int wanted = end - q->base - q->rows, some = n < wanted ? n : wanted;

        memcpy(q->buffer + (size_t)q->rows * row, from, (size_t)some * row);
        from += (size_t)some * row;
        q->rows += some;
        n -= some;
        if (some < wanted)
            return 0;
        if (run_row(q, where, e))
            return -1;
    }
    return 0;
}

void
seg_windows_free(struct seg_windows *q)
{
    seg_arena_free(&q->arena);
}
