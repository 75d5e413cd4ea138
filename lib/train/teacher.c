#include <string.h>

#include "lib/kernel/argmax.h"
#include "lib/kernel/softmax.h"
#include "lib/train/teacher.h"

static int
take_memory(struct seg_teacher *t, struct seg_arena *a, struct seg_err *e)
{
    const struct seg_value *v = seg_net_output(t->net);
    size_t pixels = (size_t)t->n * t->h * t->w;

    if (seg_logits_cover(&t->logits, v->h, v->w, t->h, t->w, e))
        return -1;
    t->enlarge =
        seg_logits_resize(&t->logits, t->n, v->h, v->w, v->c, t->h, t->w);
    t->enlarge.threads = t->threads;
    t->p = seg_take_dirty(a, pixels * v->c, sizeof *t->p, e);
    t->label = seg_take_dirty(a, pixels, 1, e);
    t->scratch = seg_take_dirty(
        a, t->enlarge.h ? seg_resize_scratch(&t->enlarge) : 64, 1, e);
    return t->p && t->label && t->scratch ? 0 : -1;
}

int
seg_teacher_start(struct seg_teacher *t, size_t mem_limit, struct seg_arena *a,
    struct seg_err *e)
{
    seg_net_logits(&t->logits, t->net);
    struct seg_net_plan plan = {.n = t->n,
        .h = t->h,
        .w = t->w,
        .threads = t->threads,
        .exact = t->exact,
        .mem_limit = mem_limit,
        .last = t->logits.node};

    return seg_net_plan(t->net, &plan, e) ? -1 : take_memory(t, a, e);
}

static void
copy_average(struct seg_teacher *t)
{
    for (int i = 0; i < seg_net_params(t->net); i++) {
        const struct seg_param *p = seg_net_param(t->net, i);

        memcpy(p->w, t->ema->e[i], p->count * sizeof *p->w);
    }
    seg_net_changed(t->net);
}

/* The most probable class of a pixel, or ignore. */
static uint8_t
decide(const struct seg_teacher *t, const float *p)
{
    int best = seg_argmax(p, t->enlarge.c);

    return p[best] >= t->above ? (uint8_t)best : (uint8_t)t->ignore;
}

void
seg_teacher_run(struct seg_teacher *t, const float *x)
{
    struct seg_value *in = seg_net_input(t->net);
    const struct seg_value *out = seg_net_output(t->net);
    int rows = t->n * t->h;
    size_t c = (size_t)t->enlarge.c, w = (size_t)t->w;

    copy_average(t);
    memcpy(in->x, x, seg_value_count(in) * sizeof *x);
    seg_net_forward(t->net, 0, 0);
    if (t->enlarge.h)
        seg_resize_forward(t->p, out->x, &t->enlarge, t->scratch);
    else
        memcpy(t->p, out->x, seg_value_count(out) * sizeof *t->p);
#pragma omp parallel for num_threads(t->threads) schedule(static)
    for (int y = 0; y < rows; y++) {
        float *p = t->p + (size_t)y * w * c;

        seg_softmax(p, NULL, p, w, (int)c);
        for (size_t i = 0; i < w; i++)
            t->label[(size_t)y * w + i] = decide(t, p + i * c);
    }
}
