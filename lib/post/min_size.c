/*
 * Components that are too small join a neighbor.  A union-find structure holds
 * which components have become one; the pixels of each are a linked list, so
 * that joining two costs no pass over the image.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/label/labelmap.h"
#include "lib/post/post.h"

struct joined {
    const struct seg_label_image *image;
    struct seg_components c;
    int32_t *parent;  /* of a component */
    int32_t *last;    /* the last pixel of a component */
    int32_t *next;    /* h,w: the next pixel of the component, or -1 */
    int32_t *by_size; /* components, smallest first */
};

static int32_t
root(struct joined *s, int32_t n)
{
    while (s->parent[n] != n)
        n = s->parent[n] = s->parent[s->parent[n]];
    return n;
}

/* The list of a component is in the order of its pixels. */
static void
link_pixels(struct joined *s)
{
    int32_t pixels = s->image->h * s->image->w;

    for (int32_t n = 0; n < s->c.n; n++) {
        s->parent[n] = n;
        s->last[n] = -1;
    }
    for (int32_t i = 0; i < pixels; i++) {
        int32_t n = s->c.of[i];
        s->next[i] = -1;
        if (n == SEG_NO_COMPONENT)
            continue;
        if (s->last[n] >= 0)
            s->next[s->last[n]] = i;
        s->last[n] = i;
    }
}

/* Counting sort: sizes below least, then by number, which is by first pixel. */
static int32_t
sort_small(
    struct joined *s, int32_t least, struct seg_arena *a, struct seg_err *e)
{
    int32_t most = 0, small = 0;

    for (int32_t n = 0; n < s->c.n; n++)
        if (s->c.list[n].pixels < least) {
            small++;
            most = s->c.list[n].pixels > most ? s->c.list[n].pixels : most;
        }
    int32_t *start = seg_take(a, (size_t)most + 2, sizeof *start, e);
    s->by_size = seg_take(a, (size_t)small, sizeof *s->by_size, e);
    if (!start || !s->by_size)
        return -1;
    for (int32_t n = 0; n < s->c.n; n++)
        if (s->c.list[n].pixels < least)
            start[s->c.list[n].pixels + 1]++;
    for (int32_t k = 1; k <= most + 1; k++)
        start[k] += start[k - 1];
    for (int32_t n = 0; n < s->c.n; n++)
        if (s->c.list[n].pixels < least)
            s->by_size[start[s->c.list[n].pixels]++] = n;
    return small;
}

/* The class with the longest border with component n, -1 if there is none. */
static int
widest_neighbor(struct joined *s, int32_t n)
{
    long border[256] = {0};
    int best = -1;

    for (int32_t i = s->c.list[n].first; i >= 0; i = s->next[i])
        for (int d = 0; d < 4; d++) {
            int32_t j = seg_neighbor_of(s->image, i, d);
            if (j >= 0 && s->c.of[j] != SEG_NO_COMPONENT &&
                root(s, s->c.of[j]) != n)
                border[s->c.list[root(s, s->c.of[j])].class]++;
        }
    for (int k = 0; k < SEG_IGNORE; k++)
        if (border[k] && (best < 0 || border[k] > border[best]))
            best = k;
    return best;
}

static void
join(struct joined *s, int32_t from, int32_t to)
{
    s->parent[from] = to;
    s->c.list[to].pixels += s->c.list[from].pixels;
    s->next[s->last[to]] = s->c.list[from].first;
    s->last[to] = s->last[from];
}

/* Component n takes the class and joins all its neighbors of that class. */
static void
give_class(struct joined *s, int32_t n, int class, int connectivity)
{
    int32_t end = s->last[n], stop = 0;

    s->c.list[n].class = (uint8_t) class;
    for (int32_t i = s->c.list[n].first; !stop; i = s->next[i]) {
        stop = i == end;
        for (int d = 0; d < connectivity; d++) {
            int32_t j = seg_neighbor_of(s->image, i, d), m;
            if (j < 0 || s->c.of[j] == SEG_NO_COMPONENT)
                continue;
            m = root(s, s->c.of[j]);
            if (m != n && s->c.list[m].class == class)
                join(s, m, n);
        }
    }
}

static long
paint(struct joined *s)
{
    int32_t pixels = s->image->h * s->image->w;
    long changed = 0;

    for (int32_t i = 0; i < pixels; i++) {
        if (s->c.of[i] == SEG_NO_COMPONENT)
            continue;
        uint8_t class = s->c.list[root(s, s->c.of[i])].class;
        changed += class != s->image->pixel[i];
        s->image->pixel[i] = class;
    }
    return changed;
}

long
seg_post_min_size(const struct seg_label_image *image, int32_t least,
    enum seg_connectivity connectivity, struct seg_arena *a, struct seg_err *e)
{
    struct joined s = {.image = image};
    size_t pixels = (size_t)image->h * (size_t)image->w;

    if (seg_components_find(&s.c, a, image, connectivity, e))
        return -1;
    s.parent = seg_take(a, (size_t)s.c.n, sizeof *s.parent, e);
    s.last = seg_take(a, (size_t)s.c.n, sizeof *s.last, e);
    s.next = seg_take(a, pixels, sizeof *s.next, e);
    if (!s.parent || !s.last || !s.next)
        return -1;
    link_pixels(&s);
    int32_t small = sort_small(&s, least, a, e);
    for (int32_t k = 0; k < small; k++) {
        int32_t n = root(&s, s.by_size[k]);
        if (s.c.list[n].pixels >= least)
            continue;
        int class = widest_neighbor(&s, n);
        if (class >= 0)
            give_class(&s, n, class, (int)connectivity);
    }
    return small < 0 ? -1 : paint(&s);
}
