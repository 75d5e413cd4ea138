#include <omp.h>
#include <string.h>

#include "lib/net/head.h"
#include "lib/predict/predictor.h"

enum { LARGEST_STRIDE = 64 };

typedef int plan_fn(
    struct seg_net *, const struct seg_net_plan *, struct seg_err *);

/* The planning function, the node to stop at, the logits there. */
struct goal {
    plan_fn *plan;
    const char *last;
    struct seg_logits logits;
};

/* Plans for the image with its sides rounded up to multiples of step. */
static int
plan_at(struct seg_predictor *p, struct goal *g, int n, int h, int w, int step,
    struct seg_err *e)
{
    struct seg_net_plan plan = {.n = n,
        .h = (h + step - 1) / step * step,
        .w = (w + step - 1) / step * step,
        .threads = p->threads,
        .exact = p->exact,
        .keep_methods = p->keep_methods,
        .mem_limit = p->mem_limit,
        .last = g->last,
        .wanted = p->extra,
        .nwanted = p->nextra};

    p->n = n;
    p->h = h;
    p->w = w;
    p->padded_h = plan.h;
    p->padded_w = plan.w;
    if (g->plan(p->net, &plan, e))
        return -1;
    const struct seg_value *v = seg_net_output(p->net);
    return seg_logits_cover(&g->logits, v->h, v->w, plan.h, plan.w, e);
}

/* Plans with the smallest padding that the network accepts.  If it accepts
   none, e is its error for the image without padding. */
static int
fit(struct seg_predictor *p, struct goal *g, int n, int h, int w,
    struct seg_err *e)
{
    struct seg_err other;

    if (plan_at(p, g, n, h, w, 1, e) == 0)
        return 0;
    for (int step = 2; step <= LARGEST_STRIDE && e->kind != SEG_EMEM; step *= 2)
        if (plan_at(p, g, n, h, w, step, &other) == 0)
            return 0;
    p->h = p->w = 0;
    return -1;
}

/* Plans the enlargement of the logits to the size of the image, if needed. */
static int
prepare_rows(
    struct seg_predictor *p, const struct seg_logits *l, struct seg_err *e)
{
    const struct seg_value *v = seg_net_output(p->net);

    seg_arena_reset(&p->arena);
    p->enlarge = (struct seg_resize){.n = p->n,
        .h = v->h,
        .w = v->w,
        .c = v->c,
        .oh = l->enlarge ? p->padded_h : 0,
        .ow = p->padded_w,
        .all_h = l->scale * v->h,
        .all_w = l->scale * v->w,
        .align = l->align,
        .threads = p->threads};
    size_t row = (size_t)p->padded_w * (size_t)v->c;
    p->row =
        seg_take_dirty(&p->arena, row * (size_t)p->threads, sizeof(float), e);
    if (!p->row || !l->enlarge)
        return p->row ? 0 : -1;
    p->scratch =
        seg_take_dirty(&p->arena, seg_resize_scratch(&p->enlarge), 1, e);
    if (!p->scratch)
        return -1;
    seg_resize_start(&p->enlarge, p->scratch);
    return 0;
}

int
seg_predictor_fit(
    struct seg_predictor *p, int n, int h, int w, struct seg_err *e)
{
    struct goal g = {.plan = seg_net_plan, .last = p->last};

    if (n == p->n && h == p->h && w == p->w)
        return 0;
    if (!p->last) {
        seg_net_logits(&g.logits, p->net);
        g.last = g.logits.node;
    }
    return fit(p, &g, n, h, w, e) || prepare_rows(p, &g.logits, e) ? -1 : 0;
}

int
seg_predictor_dry_run(struct seg_predictor *p, int h, int w, struct seg_err *e)
{
    struct goal g = {.plan = seg_net_dry_run, .last = p->last};
    int status = fit(p, &g, 1, h, w, e);

    p->h = p->w = 0; /* nothing is planned for execution */
    return status;
}

size_t
seg_predictor_bytes(const struct seg_predictor *p)
{
    return seg_net_bytes(p->net).total + p->arena.held;
}

/* Pads the image in x by repeating its last column and last row. */
static void
pad(const struct seg_predictor *p, float *x, size_t c)
{
    size_t row = (size_t)p->padded_w * c;

    for (int i = 0; i < p->h; i++) {
        float *end = x + (size_t)i * row + (size_t)p->w * c;
        for (int j = p->w; j < p->padded_w; j++, end += c)
            memcpy(end, end - c, c * sizeof *x);
    }
    for (int i = p->h; i < p->padded_h; i++)
        memcpy(x + (size_t)i * row, x + (size_t)(i - 1) * row, row * sizeof *x);
}

int
seg_predictor_check(
    const struct seg_tensor *image, const char *where, struct seg_err *e)
{
    if (image->rank != 3 || !image->bytes || image->shape[0] > 1 << 20 ||
        image->shape[1] > 1 << 20)
        return seg_fail(e, SEG_EDATA,
            "%s: image must be [height,width,channels] of up to 2^20 a side",
            where);
    return 0;
}

int
seg_predictor_put(struct seg_predictor *p, int i,
    const struct seg_tensor *image, const char *where, struct seg_err *e)
{
    struct seg_value *in = seg_net_input(p->net);
    size_t pixels = (size_t)p->padded_h * (size_t)p->padded_w;
    float *x = in->x + (size_t)i * pixels * (size_t)in->c;

    if (seg_normalize_image(
            x, (size_t)p->padded_w, image, &p->normalize, where, e))
        return -1;
    pad(p, x, (size_t)in->c);
    return 0;
}

void
seg_predictor_forward(struct seg_predictor *p)
{
    seg_net_forward(p->net, 0, 0);
}

int
seg_predictor_run(struct seg_predictor *p, const struct seg_tensor *image,
    const char *where, struct seg_err *e)
{
    if (seg_predictor_check(image, where, e) ||
        seg_predictor_fit(p, 1, (int)image->shape[0], (int)image->shape[1], e))
        return -1;
    seg_normalize_reset_extreme(&p->normalize);
    if (seg_predictor_put(p, 0, image, where, e))
        return -1;
    seg_predictor_forward(p);
    return 0;
}

int
seg_predictor_fail(
    const struct seg_predictor *p, const char *where, struct seg_err *e)
{
    char cause[600];

    seg_normalize_explain(cause, sizeof cause, &p->normalize);
    return seg_fail(e, SEG_EDATA,
        "%s: the network produced NaN or infinite scores%s%s", where,
        *cause ? ": " : "", cause);
}

int
seg_predictor_rows(struct seg_predictor *p, int i, int y0, int y1,
    seg_take_row *take, void *with, const char *where, struct seg_err *e)
{
    const struct seg_value *v = seg_net_output(p->net);
    size_t row = (size_t)p->padded_w * (size_t)v->c;
    int bad = 0;

    if (v->c > 255 ||
        (!p->enlarge.oh && (v->h != p->padded_h || v->w != p->padded_w)))
        return seg_fail(e, SEG_EDATA,
            "%s: the network makes %dx%d pixels of %d classes of %dx%d", where,
            v->w, v->h, v->c, p->padded_w, p->padded_h);
#pragma omp parallel for num_threads(p->threads) schedule(dynamic)             \
    reduction(|                                                                \
              : bad)
    for (int y = y0; y < y1; y++) {
        float *u = p->row + row * (size_t)omp_get_thread_num();

        if (p->enlarge.oh)
            seg_resize_row(
                u, v->x, i * p->padded_h + y, &p->enlarge, p->scratch);
        else
            memcpy(
                u, v->x + ((size_t)i * p->padded_h + y) * row, row * sizeof *u);
        bad |= take(with, y, 0, p->w, u, v->c) != 0;
    }
    return bad ? seg_predictor_fail(p, where, e) : 0;
}

void
seg_predictor_size(
    const struct seg_predictor *p, const struct seg_value *v, int *h, int *w)
{
    *h = (int)(((long)p->h * v->h + p->padded_h - 1) / p->padded_h);
    *w = (int)(((long)p->w * v->w + p->padded_w - 1) / p->padded_w);
}

void
seg_predictor_cut(
    const struct seg_predictor *p, int i, float *out, const struct seg_value *v)
{
    const float *x = v->x + (size_t)i * v->h * v->w * v->c;
    int h, w;

    seg_predictor_size(p, v, &h, &w);
    for (int y = 0; y < h; y++)
        memcpy(out + (size_t)y * w * v->c, x + (size_t)y * v->w * v->c,
            (size_t)w * v->c * sizeof *out);
}

void
seg_predictor_free(struct seg_predictor *p)
{
    seg_normalize_free(&p->normalize);
    seg_arena_free(&p->arena);
}
