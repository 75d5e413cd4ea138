#include "lib/loss/sum.h"

/* True if the loss takes logits of the network's size. */
static int
takes_small(const struct seg_loss_sum *l, int t)
{
    return !l->enlarge.h || l->term[t].loss->fused;
}

static struct seg_loss_batch
batch_of(const struct seg_loss_sum *l, int t, uint64_t pass)
{
    return (struct seg_loss_batch){.n = l->n,
        .h = l->label_h,
        .w = l->label_w,
        .classes = l->classes,
        .ignore = l->ignore,
        .weight = l->weight,
        .seed = l->seed,
        .pass = pass,
        .threads = l->threads,
        .enlarge = l->enlarge.h && takes_small(l, t) ? &l->enlarge : NULL};
}

int
seg_loss_plan(struct seg_loss_sum *l, struct seg_arena *a, struct seg_err *e)
{
    size_t small = (size_t)l->n * l->h * l->w * l->classes;
    size_t full = (size_t)l->n * l->label_h * l->label_w * l->classes;
    size_t part = 0, scratch = 64;
    int enlarged = 0;

    if (seg_logits_cover(&l->logits, l->h, l->w, l->label_h, l->label_w, e))
        return -1;
    l->enlarge = seg_logits_resize(
        &l->logits, l->n, l->h, l->w, l->classes, l->label_h, l->label_w);
    l->enlarge.threads = l->threads;
    for (int t = 0; t < l->terms; t++) {
        struct seg_loss_batch b = batch_of(l, t, 0);
        const struct seg_loss *loss = l->term[t].loss;
        size_t bytes =
            loss->scratch_bytes ? loss->scratch_bytes(l->term + t, &b) : 0;
        size_t floats = takes_small(l, t) ? small : full;

        scratch = bytes > scratch ? bytes : scratch;
        part = l->terms > 1 && floats > part ? floats : part;
        enlarged |= !takes_small(l, t);
    }
    l->scratch = seg_take_dirty(a, scratch, 1, e);
    l->part = seg_take_dirty(a, part + 1, sizeof *l->part, e);
    l->full = l->dfull = NULL;
    if (!l->scratch || !l->part || !enlarged)
        return l->scratch && l->part ? 0 : -1;
    l->full = seg_take_dirty(a, full, sizeof *l->full, e);
    l->dfull = seg_take_dirty(a, full, sizeof *l->dfull, e);
    l->enlarge_scratch =
        seg_take_dirty(a, seg_resize_scratch(&l->enlarge), 1, e);
    return l->full && l->dfull && l->enlarge_scratch ? 0 : -1;
}

/* The first loss writes its gradient to dx, others add theirs: n floats,
   multiplied by the weight. */
static void
add_weighted(float *dx, const float *part, size_t n, float weight, int first,
    int threads)
{
    if (first && weight == 1)
        return;
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < n; i++)
        dx[i] = first ? weight * dx[i] : dx[i] + weight * part[i];
}

/* Losses that take logits x of one size, small or full; the sum of their
   gradients goes to dx.  Returns the number of such losses. */
static int
run_losses(struct seg_loss_sum *l, int small, float *dx, const float *x,
    const uint8_t *label, const uint8_t *valid, uint64_t pass)
{
    size_t n = (size_t)l->n * (small ? l->h : l->label_h) *
               (small ? l->w : l->label_w) * l->classes;
    int done = 0;

    for (int t = 0; t < l->terms; t++) {
        const struct seg_loss_term *term = l->term + t;
        struct seg_loss_batch b = batch_of(l, t, pass);
        const uint8_t *y = valid && term->loss->unlabeled ? valid : label;

        if (takes_small(l, t) != small)
            continue;
        l->value[t] =
            term->loss->value(term, &b, done ? l->part : dx, x, y, l->scratch);
        add_weighted(dx, l->part, n, (float)term->weight, !done, l->threads);
        done++;
    }
    return done;
}

double
seg_loss_value(struct seg_loss_sum *l, float *dx, const float *x,
    const uint8_t *label, const uint8_t *valid, uint64_t pass)
{
    double sum = 0;
    int done = run_losses(l, 1, dx, x, label, valid, pass);

    if (l->full) {
        seg_resize_forward(l->full, x, &l->enlarge, l->enlarge_scratch);
        run_losses(l, 0, l->dfull, l->full, label, valid, pass);
        seg_resize_backward(
            dx, l->dfull, done > 0, &l->enlarge, l->enlarge_scratch);
    }
    for (int t = 0; t < l->terms; t++)
        sum += l->term[t].weight * l->value[t];
    return sum;
}

int
seg_loss_reads_labels(const struct seg_loss_sum *l)
{
    for (int t = 0; t < l->terms; t++)
        if (!l->term[t].loss->unlabeled)
            return 1;
    return 0;
}
