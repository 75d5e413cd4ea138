#include <math.h>
#include <omp.h>
#include <string.h>

#include "lib/image/transform.h"
#include "lib/predict/pixel_outputs.h"
#include "lib/predict/tta.h"

enum { ORIENTATIONS = 8 };

unsigned
seg_tta_orientations(int flip, int rotate)
{
    static const unsigned by_flip[] = {1u << 1, 1u << 1 | 1u << 2,
        1u << 1 | 1u << 4, 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4};

    if (rotate)
        return flip ? 0x1feu : 1u << 1 | 1u << 6 | 1u << 3 | 1u << 8;
    return by_flip[flip];
}

int
seg_tta_plain(const struct seg_tta *v)
{
    return v->scales == 1 && v->scale[0] == 1 && v->orientations == 1u << 1;
}

int
seg_tta_count(const struct seg_tta *v)
{
    return v->scales * __builtin_popcount(v->orientations);
}

double
seg_tta_cost(const struct seg_tta *v)
{
    double sum = 0;

    for (int i = 0; i < v->scales; i++)
        sum += v->scale[i] * v->scale[i];
    return sum * __builtin_popcount(v->orientations);
}

/* ---- one transformed copy ---- */

/* Scores of the scaled image; they arrive in the orientation of the transformed
   copy. */
struct copy {
    int h, w, orientation;
    float *scores; /* h,w,k */
};

static int
collect(void *with, int y, int x, int n, float *u, int k)
{
    const struct copy *t = with;

    for (int i = 0; i < n; i++, u += k) {
        size_t at = seg_image_oriented_pixel(t->orientation, (size_t)t->h,
            (size_t)t->w, (size_t)y, (size_t)(x + i));

        memcpy(t->scores + at * (size_t)k, u, (size_t)k * sizeof *u);
    }
    return 0;
}

static int
make(struct seg_arena *a, struct seg_tensor *t, const struct seg_tensor *like,
    int h, int w, struct seg_err *e)
{
    *t = *like;
    t->shape[0] = (size_t)h;
    t->shape[1] = (size_t)w;
    t->bytes = (size_t)h * (size_t)w * t->shape[2] * seg_type_size(t->type);
    t->data = seg_take_dirty(a, t->bytes, 1, e);
    return t->data ? 0 : -1;
}

/* Applies the orientation t->orientation to the scaled image and scores it into
   t->scores. */
static int
score(struct seg_tta *v, struct copy *t, const struct seg_tensor *image,
    const char *where, struct seg_err *e)
{
    struct seg_tensor oriented;
    int transposed = t->orientation > 4;

    if (t->orientation == 1)
        return v->score(v->with, image, collect, t, where, e);
    if (make(&v->arena, &oriented, image, transposed ? t->w : t->h,
            transposed ? t->h : t->w, e))
        return -1;
    seg_image_orient(&oriented, image, t->orientation);
    return v->score(v->with, &oriented, collect, t, where, e);
}

/* Adds the scores, or probabilities, of a copy to sum [q->oh,q->ow,k]; rows has
   a row for each thread. -1: a score is not finite. */
static int
add_copy(const struct seg_tta *v, float *sum, const struct copy *t,
    const struct seg_resize *q, float *rows, void *scratch)
{
    size_t row = (size_t)q->ow * (size_t)q->c;
    int bad = 0;

    seg_resize_start(q, scratch);
#pragma omp parallel for num_threads(q->threads) reduction(| : bad)
    for (int y = 0; y < q->oh; y++) {
        float *u = rows + (size_t)omp_get_thread_num() * row;

        seg_resize_row(u, t->scores, y, q, scratch);
        bad |= !v->of_scores && seg_softmax_row(u, q->ow, q->c);
        for (size_t i = 0; i < row; i++)
            sum[(size_t)y * row + i] += u[i];
    }
    return bad ? -1 : 0;
}

/* Adds all orientations of the image at one scale. */
static int
add_scale(struct seg_tta *v, float *sum, const struct seg_tensor *image,
    double scale, int k, const char *where, struct seg_err *e)
{
    struct seg_resize q = {.n = 1,
        .c = k,
        .oh = (int)image->shape[0],
        .ow = (int)image->shape[1],
        .threads = v->threads};
    struct copy t = {.h = (int)fmax(1, round(q.oh * scale)),
        .w = (int)fmax(1, round(q.ow * scale))};
    struct seg_tensor scaled = *image;

    q.h = t.h;
    q.w = t.w;
    t.scores = seg_take_dirty(
        &v->arena, (size_t)t.h * (size_t)t.w * (size_t)k, sizeof *t.scores, e);
    float *rows = seg_take_dirty(&v->arena,
        (size_t)v->threads * (size_t)q.ow * (size_t)k, sizeof *rows, e);
    void *scratch = seg_take_dirty(&v->arena, seg_resize_scratch(&q), 1, e);
    if (!t.scores || !rows || !scratch)
        return -1;
    if ((t.h != q.oh || t.w != q.ow) &&
        (make(&v->arena, &scaled, image, t.h, t.w, e) ||
            seg_nodata_resize(&scaled, image, NULL, SEG_RESIZE_BILINEAR,
                &v->predictor->normalize.nodata, &v->arena, e)))
        return -1;
    for (t.orientation = 1; t.orientation <= ORIENTATIONS; t.orientation++) {
        if (!(v->orientations >> t.orientation & 1))
            continue;
        if (score(v, &t, &scaled, where, e))
            return -1;
        if (add_copy(v, sum, &t, &q, rows, scratch))
            return seg_predictor_fail(v->predictor, where, e);
    }
    return 0;
}

int
seg_tta_run(struct seg_tta *v, const struct seg_tensor *image, int k,
    seg_take_row *take, void *with, const char *where, struct seg_err *e)
{
    int bad = 0;

    seg_arena_reset(&v->arena);
    v->arena.limit = v->mem_limit;
    if (image->rank != 3)
        return seg_fail(
            e, SEG_EDATA, "%s: image must be [height,width,channels]", where);
    int h = (int)image->shape[0], w = (int)image->shape[1];
    size_t row = (size_t)w * (size_t)k;
    float *sum = seg_take(&v->arena, (size_t)h * row, sizeof *sum, e);
    float share = 1 / (float)seg_tta_count(v);
    if (!sum)
        return -1;
    for (int i = 0; i < v->scales; i++)
        if (add_scale(v, sum, image, v->scale[i], k, where, e))
            return -1;
#pragma omp parallel for num_threads(v->threads) reduction(| : bad)
    for (int y = 0; y < h; y++) {
        float *u = sum + (size_t)y * row;

        for (size_t i = 0; i < row; i++)
            u[i] *= share;
        bad |= take(with, y, 0, w, u, k) != 0;
    }
    return bad ? seg_predictor_fail(v->predictor, where, e) : 0;
}

void
seg_tta_free(struct seg_tta *v)
{
    seg_arena_free(&v->arena);
}
