#include <math.h>
#include <string.h>

#include "lib/image/percentile.h"
#include "lib/label/labelmap.h"
#include "lib/score/distance.h"
#include "lib/score/surface.h"

enum { TRUTH = 1, PRED = 2 };

/* Voxels from <= i < to on each axis. */
struct box {
    size_t from[3], to[3], shape[3];
};

void
seg_volume_pair_agree(struct seg_volume_pair *p, int ignore)
{
    size_t n = p->shape[0] * p->shape[1] * p->shape[2];

    for (size_t i = 0; i < n; i++)
        if (p->truth[i] == ignore || p->pred[i] == SEG_IGNORE)
            p->truth[i] = p->pred[i];
}

double
seg_volume_pair_diagonal(const struct seg_volume_pair *p)
{
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        double side = (double)(p->shape[i] - 1) * p->spacing[i];
        sum += side * side;
    }
    return sqrt(sum);
}

static size_t
index_of(const size_t shape[3], size_t z, size_t y, size_t x)
{
    return (z * shape[1] + y) * shape[2] + x;
}

/* The bounding box of a class in truth and prediction; 0 if it is in
   neither. */
static int
find_box(struct box *b, const struct seg_volume_pair *p, int class_id)
{
    size_t i = 0;

    memcpy(b->from, p->shape, sizeof b->from);
    memset(b->to, 0, sizeof b->to);
    for (size_t z = 0; z < p->shape[0]; z++)
        for (size_t y = 0; y < p->shape[1]; y++)
            for (size_t x = 0; x < p->shape[2]; x++, i++) {
                const size_t at[3] = {z, y, x};

                if (p->truth[i] != class_id && p->pred[i] != class_id)
                    continue;
                for (int k = 0; k < 3; k++) {
                    b->from[k] = at[k] < b->from[k] ? at[k] : b->from[k];
                    b->to[k] = at[k] >= b->to[k] ? at[k] + 1 : b->to[k];
                }
            }
    for (int k = 0; k < 3; k++)
        b->shape[k] = b->to[k] - b->from[k];
    return b->to[0] > 0;
}

/* 1 if a voxel of the class has a face to a voxel that is not of the class.  A
   structure that is the whole volume, one voxel, counts as its own surface. */
static int
on_surface(const uint8_t *mask, const size_t shape[3], const size_t at[3],
    int class_id, int border)
{
    size_t i = index_of(shape, at[0], at[1], at[2]), stride = 1;
    int axes = 0;

    for (int k = 2; k >= 0; stride *= shape[k--]) {
        if (shape[k] == 1)
            continue;
        if (at[k] ? mask[i - stride] != class_id : border)
            return 1;
        if (at[k] + 1 < shape[k] ? mask[i + stride] != class_id : border)
            return 1;
        axes++;
    }
    return border && !axes;
}

/* Marks both surfaces by bits of s, within the box, and counts their voxels. */
static void
find_surfaces(uint8_t *s, struct seg_surface_distances *g,
    const struct seg_volume_pair *p, const struct box *b, int class_id,
    int border)
{
    size_t at[3];

    for (at[0] = b->from[0]; at[0] < b->to[0]; at[0]++)
        for (at[1] = b->from[1]; at[1] < b->to[1]; at[1]++)
            for (at[2] = b->from[2]; at[2] < b->to[2]; at[2]++) {
                size_t i = index_of(p->shape, at[0], at[1], at[2]);
                int t = p->truth[i] == class_id &&
                        on_surface(p->truth, p->shape, at, class_id, border);
                int q = p->pred[i] == class_id &&
                        on_surface(p->pred, p->shape, at, class_id, border);

                *s++ = (uint8_t)(t * TRUTH | q * PRED);
                g->ntruth += t;
                g->npred += q;
            }
}

/* Distances of the voxels of one surface, `of`, to the other; d is a buffer. */
static int
measure(double *distance, double *d, const uint8_t *s, int of,
    const struct box *b, const double spacing[3], struct seg_arena *a,
    struct seg_err *e)
{
    size_t n = b->shape[0] * b->shape[1] * b->shape[2];

    for (size_t i = 0; i < n; i++)
        d[i] = s[i] & ~of ? 0 : INFINITY;
    if (seg_distance_squared(d, b->shape, spacing, a, e))
        return -1;
    for (size_t i = 0; i < n; i++)
        if (s[i] & of)
            *distance++ = sqrt(d[i]);
    return 0;
}

int
seg_surface_distances_find(struct seg_surface_distances *g,
    const struct seg_volume_pair *p, int class_id, int border,
    struct seg_arena *a, struct seg_err *e)
{
    struct box b;

    *g = (struct seg_surface_distances){0};
    if (!find_box(&b, p, class_id))
        return 0;
    size_t n = b.shape[0] * b.shape[1] * b.shape[2];
    uint8_t *s = seg_take_dirty(a, n, 1, e);
    double *d = seg_take_dirty(a, n, sizeof *d, e);
    if (!s || !d)
        return -1;
    find_surfaces(s, g, p, &b, class_id, border);
    g->truth = seg_take_dirty(a, g->ntruth, sizeof *g->truth, e);
    g->pred = seg_take_dirty(a, g->npred, sizeof *g->pred, e);
    if (!g->truth || !g->pred ||
        measure(g->truth, d, s, TRUTH, &b, p->spacing, a, e) ||
        measure(g->pred, d, s, PRED, &b, p->spacing, a, e))
        return -1;
    return 0;
}

/* Adds up distances and counts those within the tolerance, with a relative
   slack of 1e-6, because spacings are often single precision numbers. */
static void
add_up(double *sum, size_t *near, const double *distance, size_t n,
    double tolerance)
{
    for (size_t i = 0; i < n; i++) {
        *sum += distance[i];
        *near += distance[i] <= tolerance * (1 + 1e-6);
    }
}

int
seg_surface_measure(struct seg_surface *s, const struct seg_volume_pair *p,
    int class_id, double tolerance, struct seg_arena *scratch,
    struct seg_err *e)
{
    struct seg_surface_distances g;
    double sum = 0, far = seg_volume_pair_diagonal(p);
    size_t near = 0;

    if (seg_surface_distances_find(&g, p, class_id, 1, scratch, e))
        return -1;
    if (!g.ntruth || !g.npred) {
        *s = (struct seg_surface){SEG_IN_NEITHER, NAN, NAN, NAN};
        if (g.ntruth || g.npred)
            *s = (struct seg_surface){
                g.ntruth ? SEG_IN_TRUTH : SEG_IN_PRED, far, far, 0};
        return 0;
    }
    add_up(&sum, &near, g.truth, g.ntruth, tolerance);
    add_up(&sum, &near, g.pred, g.npred, tolerance);
    double n = (double)(g.ntruth + g.npred);
    *s = (struct seg_surface){SEG_IN_BOTH,
        fmax(seg_percentile(g.truth, g.ntruth, 95),
            seg_percentile(g.pred, g.npred, 95)),
        sum / n, (double)near / n};
    return 0;
}
