/*
 * Forward interpolates between rows first, then between pixels of the row.
 * Backward does it in the opposite order, for one row of dx at a time, so that
 * no two threads add to the same memory.
 */
#include "lib/kernel/resize.h"

#include <omp.h>
#include <string.h>

#include "lib/base/integer.h"
#include "lib/base/scratch.h"
#include "lib/simd/rows.h"

/* Large position i reads (1 - w) x[at] + w x[next]; w = 0 where at = next. */
struct tap {
    int at, next;
    float w;
};

int
seg_resize_nearest(int i, int from, int to, int align)
{
    if (align)
        return to > 1 ? (int)((2L * i * (from - 1) + to - 1) / (2L * (to - 1)))
                      : 0;
    return (int)((long)i * from / to);
}

static struct tap
find_tap(int i, int from, int to, const struct seg_resize *q)
{
    struct tap t = {0};
    if (q->mode == SEG_RESIZE_NEAREST) {
        t.at = t.next = seg_resize_nearest(i, from, to, q->align);
        return t;
    }
    double p = q->align ? (to > 1 ? (double)i * (from - 1) / (to - 1) : 0)
                        : (i + 0.5) * from / to - 0.5;
    p = p > 0 ? p : 0;
    t.at = p < from - 1 ? (int)p : from - 1;
    t.next = t.at + 1 < from ? t.at + 1 : t.at;
    t.w = t.next > t.at ? (float)(p - t.at) : 0;
    return t;
}

/* Scratch: taps of both axes, then a row for each thread. */
struct layout {
    struct tap *ty, *tx; /* oh, ow */
    float *row;
    size_t row_floats, bytes;
};

static struct layout
layout_of(const struct seg_resize *q, void *scratch)
{
    struct seg_scratch a = {scratch, 0};
    size_t wide = (size_t)max_int(q->w, q->ow) * q->c;
    struct layout l = {.row_floats = round_floats(wide)};
    l.ty = seg_scratch_take(&a, (size_t)q->oh, sizeof *l.ty);
    l.tx = seg_scratch_take(&a, (size_t)q->ow, sizeof *l.tx);
    l.row = seg_scratch_take(&a, l.row_floats * q->threads, sizeof *l.row);
    l.bytes = a.used;
    return l;
}

size_t
seg_resize_scratch(const struct seg_resize *q)
{
    return layout_of(q, NULL).bytes;
}

void
seg_resize_start(const struct seg_resize *q, void *scratch)
{
    struct layout l = layout_of(q, scratch);
    int high = q->all_h ? q->all_h : q->oh;
    int broad = q->all_w ? q->all_w : q->ow;
    for (int i = 0; i < q->oh; i++)
        l.ty[i] = find_tap(i, q->h, high, q);
    for (int i = 0; i < q->ow; i++)
        l.tx[i] = find_tap(i, q->w, broad, q);
}

void
seg_resize_row(
    float *y, const float *x, int i, const struct seg_resize *q, void *scratch)
{
    const struct row_kernels *kn = row_kernels();
    struct layout l = layout_of(q, scratch);
    long c = q->c, small = q->w * c;
    struct tap ty = l.ty[i % q->oh];
    const float *image = x + (long)(i / q->oh) * q->h * small;
    const float *row = image + ty.at * small;
    float *own = l.row + l.row_floats * omp_get_thread_num();
    if (ty.w > 0) {
        kn->blend(own, row, image + ty.next * small, ty.w, small);
        row = own;
    }
    for (int j = 0; j < q->ow; j++, y += c) {
        struct tap tx = l.tx[j];
        if (tx.w > 0)
            kn->blend(y, row + tx.at * c, row + tx.next * c, tx.w, c);
        else
            memcpy(y, row + tx.at * c, c * sizeof *y);
    }
}

void
seg_resize_forward(
    float *y, const float *x, const struct seg_resize *q, void *scratch)
{
    long large = (long)q->ow * q->c;
    seg_resize_start(q, scratch);
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int i = 0; i < q->n * q->oh; i++)
        seg_resize_row(y + i * large, x, i, q, scratch);
}

/* Weight of row r in tap t. */
static float
tap_weight(const struct tap *t, int r)
{
    return (t->at == r ? 1 - t->w : 0) +
           (t->next == r && t->next > t->at ? t->w : 0);
}

/* Row r of dx of one image: adds the rows of dy that read it, then their
   pixels. */
static void
backward_row(float *dx, const float *dy, const struct seg_resize *q,
    const struct layout *l, int r, float *row)
{
    const struct row_kernels *kn = row_kernels();
    long c = q->c, large = q->ow * c;
    int first = 0, any = 0;
    while (first < q->oh && l->ty[first].next < r)
        first++;
    memset(row, 0, large * sizeof *row);
    for (int i = first; i < q->oh && l->ty[i].at <= r; i++)
        if (tap_weight(l->ty + i, r) > 0) {
            kn->add_scaled(
                row, dy + i * large, tap_weight(l->ty + i, r), large);
            any = 1;
        }
    for (int j = 0; any && j < q->ow; j++) {
        struct tap tx = l->tx[j];
        kn->add_scaled(dx + tx.at * c, row + j * c, 1 - tx.w, c);
        if (tx.w > 0)
            kn->add_scaled(dx + tx.next * c, row + j * c, tx.w, c);
    }
}

void
seg_resize_backward(float *dx, const float *dy, int add,
    const struct seg_resize *q, void *scratch)
{
    struct layout l = layout_of(q, scratch);
    long small = (long)q->w * q->c, large = (long)q->ow * q->c;
    seg_resize_start(q, scratch);
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int t = 0; t < q->n * q->h; t++) {
        float *to = dx + t * small;
        if (!add)
            memset(to, 0, small * sizeof *to);
        backward_row(to, dy + (long)(t / q->h) * q->oh * large, q, &l, t % q->h,
            l.row + l.row_floats * omp_get_thread_num());
    }
}
