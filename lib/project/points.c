#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/project/points.h"

/* ---- the heap of a class ---- */

static void
swap_points(struct seg_point_heap *h, int a, int b, int d)
{
    struct seg_point p = h->point[a];
    float *x = h->x + (size_t)a * d, *y = h->x + (size_t)b * d;

    h->point[a] = h->point[b];
    h->point[b] = p;
    for (int i = 0; i < d; i++) {
        float v = x[i];

        x[i] = y[i];
        y[i] = v;
    }
}

static void
sift_up(struct seg_point_heap *h, int d)
{
    for (int i = h->n - 1; i; i = (i - 1) / 2) {
        if (h->point[i].rank <= h->point[(i - 1) / 2].rank)
            return;
        swap_points(h, i, (i - 1) / 2, d);
    }
}

static void
sift_down(struct seg_point_heap *h, int d)
{
    for (int i = 0, child; (child = 2 * i + 1) < h->n; i = child) {
        if (child + 1 < h->n && h->point[child].rank < h->point[child + 1].rank)
            child++;
        if (h->point[i].rank >= h->point[child].rank)
            return;
        swap_points(h, i, child, d);
    }
}

static void
put(struct seg_point_heap *h, int at, const struct seg_point *p,
    const struct seg_tensor *map, int d)
{
    size_t first = (p->row * map->shape[1] + p->column) * (size_t)d;

    h->point[at] = *p;
    for (int i = 0; i < d; i++)
        h->x[(size_t)at * d + i] = (float)seg_tensor_get(map, first + i);
}

/* ---- a record ---- */

/* The square of the distance of two vectors of larger numbers may overflow. */
static const double largest = 1e15;

static int
check_shapes(struct seg_point_sampler *s, const struct seg_record *rec,
    const struct seg_tensor *map, const struct seg_tensor *label,
    struct seg_err *e)
{
    const char *name = seg_record_name(rec);
    char text[120];

    if (map->rank != 3 || !map->bytes || map->shape[2] > INT16_MAX)
        return seg_fail(e, SEG_EDATA, "%s: tensor %s is %s, not [h,w,d]", name,
            map->name, seg_tensor_describe(text, sizeof text, map));
    if (label->rank != 2 || label->type != SEG_U8 || !label->bytes)
        return seg_fail(e, SEG_EDATA, "%s: label is %s, not [H,W] u8", name,
            seg_tensor_describe(text, sizeof text, label));
    if (s->d && (size_t)s->d != map->shape[2])
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s has %zu features, %d in those before", name,
            map->name, map->shape[2], s->d);
    s->d = (int)map->shape[2];
    return 0;
}

static int
check_values(const struct seg_record *rec, const struct seg_tensor *map,
    struct seg_err *e)
{
    size_t n = seg_tensor_count(map), d = map->shape[2], w = map->shape[1];

    for (size_t i = 0; i < n; i++) {
        double v = seg_tensor_get(map, i);

        if (!(fabs(v) <= largest))
            return seg_fail(e, SEG_EDATA,
                "%s: tensor %s is %g at (x %zu, y %zu), feature %zu: expected "
                "a number from %g to %g",
                seg_record_name(rec), map->name, v, i / d % w, i / d / w, i % d,
                -largest, largest);
    }
    return 0;
}

static int
add_point(struct seg_point_sampler *s, const struct seg_point *p,
    const struct seg_tensor *map, struct seg_err *e)
{
    struct seg_point_heap *h = s->heap + p->class;
    size_t capacity = (size_t)s->per_class;

    if (!h->point) {
        h->point = seg_take(&s->arena, capacity, sizeof *h->point, e);
        h->x = h->point ? seg_take(&s->arena, capacity * s->d, sizeof *h->x, e)
                        : NULL;
        if (!h->x)
            return -1;
    }
    if (h->n < s->per_class) {
        put(h, h->n++, p, map, s->d);
        sift_up(h, s->d);
    } else if (p->rank < h->point[0].rank) {
        put(h, 0, p, map, s->d);
        sift_down(h, s->d);
    }
    return 0;
}

int
seg_point_sampler_add(struct seg_point_sampler *s, const struct seg_record *rec,
    const struct seg_tensor *map, const struct seg_tensor *label, int ignore,
    struct seg_err *e)
{
    if (check_shapes(s, rec, map, label, e) || check_values(rec, map, e))
        return -1;
    size_t h = map->shape[0], w = map->shape[1];
    const uint8_t *ids = label->data;
    struct seg_point p = {
        .key = seg_take_string(&s->arena, seg_record_key(rec), e)};

    if (!p.key)
        return -1;
    for (p.row = 0; p.row < h; p.row++)
        for (p.column = 0; p.column < w; p.column++) {
            size_t y = (2 * p.row + 1) * label->shape[0] / (2 * h);
            size_t x = (2 * p.column + 1) * label->shape[1] / (2 * w);
            struct seg_rng r =
                seg_rng_make(s->seed, p.key, "point", p.row * w + p.column);

            p.class = ids[y * label->shape[1] + x];
            p.rank = seg_rng_bits(&r);
            if (p.class != ignore && add_point(s, &p, map, e))
                return -1;
        }
    return 0;
}

/* ---- the sample ---- */

static void
sort_heap(struct seg_point_heap *h, int d)
{
    int n = h->n;

    for (; h->n > 1; sift_down(h, d)) {
        h->n--;
        swap_points(h, 0, h->n, d);
    }
    h->n = n;
}

static int
by_key(const void *a, const void *b)
{
    const struct seg_point *const *p = a, *const *q = b;

    return strcmp((*p)->key, (*q)->key);
}

struct key_rank {
    const char *key;
    uint64_t rank;
    size_t first, n; /* points in the sorted list */
};

static int
by_rank(const void *a, const void *b)
{
    const struct key_rank *p = a, *q = b;

    if (p->rank != q->rank)
        return p->rank < q->rank ? -1 : 1;
    return strcmp(p->key, q->key);
}

/* Holds out every second point of each class. */
static void
hold_out_points(struct seg_points *p)
{
    for (int i = 1; i < p->n; i++)
        p->point[i].held_out = p->point[i].class == p->point[i - 1].class &&
                               !p->point[i - 1].held_out;
}

/* Holds out the points of half of the records. */
static int
hold_out(
    struct seg_points *p, uint64_t seed, struct seg_arena *a, struct seg_err *e)
{
    size_t n = (size_t)p->n, keys = 0;
    struct seg_point **list = seg_take(a, n, sizeof *list, e);
    struct key_rank *key = list ? seg_take(a, n, sizeof *key, e) : NULL;

    if (!key)
        return -1;
    for (size_t i = 0; i < n; i++)
        list[i] = p->point + i;
    qsort(list, n, sizeof *list, by_key);
    for (size_t i = 0; i < n; i++) {
        if (!i || strcmp(list[i]->key, list[i - 1]->key)) {
            struct seg_rng r = seg_rng_make(seed, list[i]->key, "held out", 0);
            key[keys++] =
                (struct key_rank){list[i]->key, seg_rng_bits(&r), i, 0};
        }
        key[keys - 1].n++;
    }
    if (keys < 2) {
        hold_out_points(p);
        return 0;
    }
    qsort(key, keys, sizeof *key, by_rank);
    for (size_t k = 0; k < keys / 2; k++)
        for (size_t i = 0; i < key[k].n; i++)
            list[key[k].first + i]->held_out = 1;
    return 0;
}

int
seg_point_sampler_points(struct seg_points *p, struct seg_point_sampler *s,
    int most, struct seg_err *e)
{
    int present = 0, each = 0, d = s->d;

    *p = (struct seg_points){.d = d};
    for (int c = 0; c < SEG_POINT_CLASSES; c++)
        present += s->heap[c].n > 0;
    if (present)
        each = s->per_class < most / present ? s->per_class : most / present;
    p->point = seg_take(&s->arena, (size_t)each * present, sizeof *p->point, e);
    p->x = p->point ? seg_take(&s->arena, (size_t)each * present * d,
                          sizeof *p->x, e)
                    : NULL;
    if (!p->x)
        return -1;
    for (int c = 0; c < SEG_POINT_CLASSES; c++) {
        struct seg_point_heap *h = s->heap + c;
        size_t n = (size_t)(h->n < each ? h->n : each);

        if (!n)
            continue;
        sort_heap(h, d);
        memcpy(p->point + p->n, h->point, n * sizeof *p->point);
        memcpy(p->x + (size_t)p->n * d, h->x, n * d * sizeof *p->x);
        p->n += (int)n;
    }
    return hold_out(p, s->seed, &s->arena, e);
}

void
seg_point_sampler_free(struct seg_point_sampler *s)
{
    seg_arena_free(&s->arena);
}
