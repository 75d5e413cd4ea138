#include <stdlib.h>

#include "lib/label/polygon_trace.h"

/*
 * A pixel has four sides: 0 top, 1 right, 2 bottom, 3 left.  A ring follows
 * them with its component on the right hand: along side 0 it moves right, along
 * side 1 down, and so on.  Where two pixels of a component touch only at a
 * corner, it stays at its pixel.
 */
enum { SEEN = 16 }; /* a bit of trace.done; bit d: side d is traced */

/* A corner of a pixel on a ring: y * (w + 1) + x. */
struct node {
    size_t at, next;
};

struct trace {
    const uint8_t *label;
    size_t h, w;
    struct seg_arena scratch;
    uint8_t *done;   /* by pixel */
    size_t *pixel;   /* of the component */
    size_t *node_at; /* by corner: a node, if that node is there */
    struct node *node;
    size_t nodes, node_capacity;
    struct node *ring; /* the first corner of each, row by row, and its node */
    size_t rings, ring_capacity;
};

/* The neighbor of pixel i at side d, or i itself at the edge of the image. */
static size_t
neighbor(const struct trace *t, size_t i, int d)
{
    size_t x = i % t->w, y = i / t->w;

    switch (d) {
    case 0:
        return y > 0 ? i - t->w : i;
    case 1:
        return x + 1 < t->w ? i + 1 : i;
    case 2:
        return y + 1 < t->h ? i + t->w : i;
    default:
        return x > 0 ? i - 1 : i;
    }
}

/* The same if it is in the component of i, otherwise i. */
static size_t
inner(const struct trace *t, size_t i, int d)
{
    size_t k = neighbor(t, i, d);

    return t->label[k] == t->label[i] ? k : i;
}

/* Collects the component of pixel i; returns its number of pixels. */
static size_t
collect(struct trace *t, size_t i)
{
    size_t n = 0;

    t->pixel[n++] = i;
    t->done[i] |= SEEN;
    for (size_t k = 0; k < n; k++)
        for (int d = 0; d < 4; d++) {
            size_t next = inner(t, t->pixel[k], d);

            if (!(t->done[next] & SEEN)) {
                t->done[next] |= SEEN;
                t->pixel[n++] = next;
            }
        }
    return n;
}

static int
add_node(struct trace *t, size_t at, size_t next, struct seg_err *e)
{
    struct node *list = seg_grow(
        &t->scratch, t->node, t->nodes, &t->node_capacity, sizeof *list, e);

    if (!list)
        return -1;
    t->node = list;
    t->node_at[at] = t->nodes;
    t->node[t->nodes++] = (struct node){at, next};
    return 0;
}

/* Traces the ring that begins with side d of pixel i. */
static int
trace_ring(struct trace *t, size_t i, int d, struct seg_err *e)
{
    size_t first = t->nodes, top = first;

    while (!(t->done[i] & 1 << d)) {
        size_t x = i % t->w + (d == 1 || d == 2), y = i / t->w + (d >= 2);

        t->done[i] |= (uint8_t)(1 << d);
        if (add_node(t, y * (t->w + 1) + x, t->nodes + 1, e))
            return -1;
        if (t->node[t->nodes - 1].at < t->node[top].at)
            top = t->nodes - 1;
        size_t ahead = inner(t, i, (d + 1) % 4);
        if (ahead == i) {
            d = (d + 1) % 4;
            continue;
        }
        i = inner(t, ahead, d);
        if (i != ahead)
            d = (d + 3) % 4;
    }
    t->node[t->nodes - 1].next = first;
    struct node *list = seg_grow(
        &t->scratch, t->ring, t->rings, &t->ring_capacity, sizeof *list, e);
    if (!list)
        return -1;
    t->ring = list;
    t->ring[t->rings++] = (struct node){t->node[top].at, top};
    return 0;
}

/* Connects the ring of node `hole` with the next one to the left.  That one is
   connected already: it begins further up, or in the same row further left. */
static int
connect(struct trace *t, size_t hole, struct seg_err *e)
{
    size_t at = t->node[hole].at, last = hole, host;

    do
        host = t->node_at[--at];
    while (host >= t->nodes || t->node[host].at != at);
    while (t->node[last].next != hole)
        last = t->node[last].next;
    if (add_node(t, t->node[hole].at, t->nodes + 1, e) ||
        add_node(t, at, t->node[host].next, e))
        return -1;
    t->node[last].next = t->nodes - 2;
    t->node[host].next = hole;
    return 0;
}

/* 1 if the ring changes its direction behind node i. */
static int
is_corner(const struct trace *t, size_t i)
{
    size_t at = t->node[t->node[i].next].at;
    size_t after = t->node[t->node[t->node[i].next].next].at;

    return 2 * at != t->node[i].at + after;
}

/* The corners of the ring of node `first`. */
static int
list_corners(struct seg_polygon *p, struct seg_arena *a, const struct trace *t,
    size_t first, struct seg_err *e)
{
    size_t i = first, corners = 0, columns = t->w + 1;

    do {
        corners += (size_t)is_corner(t, i);
        i = t->node[i].next;
    } while (i != first);
    p->xy = seg_take(a, corners, sizeof *p->xy, e);
    if (!p->xy)
        return -1;
    do {
        size_t at = t->node[t->node[i].next].at;

        if (is_corner(t, i)) {
            p->xy[p->n][0] = (double)(at % columns);
            p->xy[p->n++][1] = (double)(at / columns);
        }
        i = t->node[i].next;
    } while (i != first);
    return 0;
}

static int
by_corner(const void *a, const void *b)
{
    size_t x = ((const struct node *)a)->at, y = ((const struct node *)b)->at;

    return (x > y) - (x < y);
}

/* The component of pixel i as one polygon. */
static int
trace_component(struct seg_polygon *p, struct seg_arena *a, struct trace *t,
    size_t i, struct seg_err *e)
{
    size_t n = collect(t, i);

    t->nodes = t->rings = 0;
    for (size_t k = 0; k < n; k++)
        for (int d = 0; d < 4; d++) {
            size_t at = t->pixel[k];

            if (inner(t, at, d) == at && !(t->done[at] & 1 << d) &&
                trace_ring(t, at, d, e))
                return -1;
        }
    qsort(t->ring, t->rings, sizeof *t->ring, by_corner);
    for (size_t k = 1; k < t->rings; k++)
        if (connect(t, t->ring[k].next, e))
            return -1;
    return list_corners(p, a, t, t->ring[0].next, e);
}

static int
trace_all(struct seg_polygons *p, struct seg_arena *a, struct trace *t,
    const char *const name[256], struct seg_err *e)
{
    size_t capacity = 0, pixels = t->h * t->w;

    t->done = seg_take(&t->scratch, pixels, 1, e);
    t->pixel = seg_take_dirty(&t->scratch, pixels, sizeof *t->pixel, e);
    t->node_at =
        seg_take(&t->scratch, (t->h + 1) * (t->w + 1), sizeof *t->node_at, e);
    if (!t->done || !t->pixel || !t->node_at)
        return -1;
    for (size_t i = 0; i < pixels; i++) {
        if (t->done[i] || !name[t->label[i]])
            continue;
        struct seg_polygon *list =
            seg_grow(a, p->polygon, p->n, &capacity, sizeof *list, e);
        if (!list)
            return -1;
        p->polygon = list;
        list[p->n] = (struct seg_polygon){.name = name[t->label[i]]};
        if (trace_component(&list[p->n++], a, t, i, e))
            return -1;
    }
    return 0;
}

int
seg_polygon_trace(struct seg_polygons *p, struct seg_arena *a,
    const uint8_t *label, size_t h, size_t w, const char *const name[256],
    struct seg_err *e)
{
    struct trace t = {.label = label, .h = h, .w = w};

    *p = (struct seg_polygons){.w = w, .h = h};
    t.scratch.limit = a->limit;
    int status = trace_all(p, a, &t, name, e);
    seg_arena_free(&t.scratch);
    return status;
}
