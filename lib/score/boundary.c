#include <math.h>

#include "lib/score/boundary.h"

/* as a fraction of the diagonal */
static const double theta = 0.0075, width = 0.02;

static double
share_within(const double *distance, size_t n, double limit)
{
    size_t near = 0;

    for (size_t i = 0; i < n; i++)
        near += distance[i] <= limit;
    return n ? (double)near / (double)n : 0;
}

/*
 * Sets bit in out for pixels whose (2 d + 1) x (2 d + 1) neighborhood is
 * entirely of the class: first horizontally, into bit << 1, then vertically, by
 * counting the length of runs.
 */
static void
erode(uint8_t *out, int bit, const uint8_t *mask, int class_id, size_t h,
    size_t w, size_t d, size_t *run)
{
    for (size_t y = 0; y < h; y++) {
        size_t n = 0;

        for (size_t x = 0; x < w; x++) {
            n = mask[y * w + x] == class_id ? n + 1 : 0;
            if (n > 2 * d)
                out[y * w + x - d] |= (uint8_t)(bit << 1);
        }
    }
    for (size_t x = 0; x < w; x++)
        run[x] = 0;
    for (size_t y = 0; y < h; y++)
        for (size_t x = 0; x < w; x++) {
            run[x] = out[y * w + x] & bit << 1 ? run[x] + 1 : 0;
            if (run[x] > 2 * d)
                out[(y - d) * w + x] |= (uint8_t)bit;
        }
}

static int
add_bands(struct seg_boundary *b, const struct seg_volume_pair *p, int class_id,
    double diagonal, struct seg_arena *scratch, struct seg_err *e)
{
    enum { TRUTH = 1, PRED = 4 };
    size_t h = p->shape[1], w = p->shape[2];
    size_t d = (size_t)fmax(1, rint(width * diagonal));
    uint8_t *inner = seg_take(scratch, h * w, 1, e);
    size_t *run = seg_take_dirty(scratch, w, sizeof *run, e);

    if (!inner || !run)
        return -1;
    erode(inner, TRUTH, p->truth, class_id, h, w, d, run);
    erode(inner, PRED, p->pred, class_id, h, w, d, run);
    for (size_t i = 0; i < h * w; i++) {
        int t = p->truth[i] == class_id && !(inner[i] & TRUTH);
        int q = p->pred[i] == class_id && !(inner[i] & PRED);

        b->both += t && q;
        b->either += t || q;
    }
    return 0;
}

int
seg_boundary_add(struct seg_boundary *b, const struct seg_volume_pair *p,
    int class_id, struct seg_arena *scratch, struct seg_err *e)
{
    double diagonal = hypot((double)p->shape[1], (double)p->shape[2]);
    struct seg_surface_distances g;

    if (seg_surface_distances_find(&g, p, class_id, 0, scratch, e) ||
        add_bands(b, p, class_id, diagonal, scratch, e))
        return -1;
    if (!g.ntruth && !g.npred)
        return 0;
    double precision = share_within(g.pred, g.npred, theta * diagonal);
    double recall = share_within(g.truth, g.ntruth, theta * diagonal);
    double sum = precision + recall;
    seg_mean_add(
        &b->f, sum > 0 ? 2 * precision * recall / sum : 0, SEG_ABSENT_SKIP);
    return 0;
}

double
seg_boundary_iou(const struct seg_boundary *b)
{
    return b->either ? (double)b->both / (double)b->either : NAN;
}
