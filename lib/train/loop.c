#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "lib/base/hash.h"
#include "lib/train/loop.h"

static int
read_record(struct seg_loop *l, struct seg_err *e)
{
    if (l->pending) {
        l->pending = 0;
        return 1;
    }
    return l->source.next(l->source.with, &l->rec, e);
}

int
seg_loop_peek(struct seg_loop *l, struct seg_err *e)
{
    int got = read_record(l, e);

    l->pending = got == 1;
    return got;
}

/* Extends the hash of the input by a record.  Augmented views of a patch can
   have the same key, so the hash of the pixels is included. */
static uint64_t
add_record(uint64_t sum, const struct seg_record *rec)
{
    const char *key = seg_record_key(rec);
    const char *hash = seg_record_meta(rec, "seg.hash");

    sum = seg_hash_more(sum, key, strlen(key));
    return hash ? seg_hash_more(sum, hash, strlen(hash)) : sum;
}

/* The probable cause, for a message: an extreme input value, else the learning
   rate. */
static const char *
probable_cause(char *text, size_t size, const struct seg_loop *l)
{
    const char *cause = seg_normalize_explain(text, size, &l->batch.normalize);

    return *cause ? cause : "the learning rate may be too high";
}

/* Reads a whole batch: 1, 0 if the input ends before, -1. */
static int
fill(struct seg_loop *l, uint64_t *hash, struct seg_err *e)
{
    int want = l->batch.records * l->batch.passes;

    *hash = l->input_hash;
    seg_normalize_reset_extreme(&l->batch.normalize);
    for (int i = 0; i < want; i++) {
        int got = read_record(l, e);

        if (got == 1 && seg_batch_put(&l->batch, i, &l->rec, e))
            got = -1;
        if (got != 1)
            return got;
        seg_batch_count(&l->batch, &l->rec);
        *hash = add_record(*hash, &l->rec);
    }
    return 1;
}

static double
run_pass(struct seg_loop *l, int pass)
{
    struct seg_value *in = seg_net_input(l->net), *out = seg_net_output(l->net);
    uint64_t number = l->step * (uint64_t)l->batch.passes + (uint64_t)pass;

    memcpy(in->x, seg_batch_x(&l->batch, pass),
        seg_batch_floats(&l->batch) * sizeof *in->x);
    if (l->statistics_only)
        seg_net_momentum(l->net, 1 / ((double)number + 1));
    seg_net_forward(l->net, l->seed, number);
    double loss = l->task.loss(
        l->task.with, out, seg_batch_label(&l->batch, pass), number);
    if (!l->statistics_only)
        seg_net_backward(l->net, l->seed, number);
    return loss;
}

int
seg_loop_step(struct seg_loop *l, struct seg_err *e)
{
    char text[600];
    uint64_t hash;
    int got = fill(l, &hash, e);
    double scale = 1.0 / l->batch.passes;

    if (got != 1)
        return got;
    l->rate = seg_schedule_rate(&l->schedule, l->step);
    l->loss = 0;
    seg_net_clear_grads(l->net);
    for (int pass = 0; pass < l->batch.passes; pass++)
        l->loss += scale * run_pass(l, pass);
    if (!isfinite(l->loss))
        return seg_fail(e, SEG_EDATA,
            "step %" PRIu64 ": the loss is not a finite number at rate %g: %s",
            l->step + 1, l->rate, probable_cause(text, sizeof text, l));
    l->norm = scale * seg_optim_norm(&l->optim);
    if (l->clip > 0 && l->norm > l->clip)
        scale *= l->clip / l->norm;
    seg_optim_step(&l->optim, l->rate, scale);
    l->step++;
    seg_ema_step(&l->ema, l->step);
    l->records += (uint64_t)(l->batch.records * l->batch.passes);
    l->input_hash = hash;
    return 1;
}

int
seg_loop_skip(struct seg_loop *l, struct seg_err *e)
{
    uint64_t hash = 0;

    for (uint64_t i = 0; i < l->records; i++) {
        int got = read_record(l, e);

        if (got < 0)
            return -1;
        if (!got)
            return seg_fail(e, SEG_EDATA,
                "%s: ends after %" PRIu64 " records, the checkpoint has used "
                "%" PRIu64,
                l->batch.source, i, l->records);
        hash = add_record(hash, &l->rec);
        seg_batch_count(&l->batch, &l->rec);
    }
    if (hash != l->input_hash)
        return seg_fail(e, SEG_EDATA,
            "%s: not the records that the checkpoint was made with",
            l->batch.source);
    return 0;
}

int
seg_loop_check(const struct seg_loop *l, struct seg_err *e)
{
    char text[600];

    for (int i = 0; i < seg_net_params(l->net); i++) {
        const struct seg_param *p = seg_net_param(l->net, i);

        for (size_t j = 0; j < p->count; j++)
            if (!isfinite(p->w[j]))
                return seg_fail(e, SEG_EDATA,
                    "step %" PRIu64 ": %s is no longer a finite number: %s",
                    l->step, p->name, probable_cause(text, sizeof text, l));
    }
    return 0;
}
