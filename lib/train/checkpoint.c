#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/train/checkpoint.h"

enum { NAME = 300 };

/* seg.checkpoint: fingerprint, step, number of records and hash of each feed,
   steps of the optimizer, best step, best score. */
#define STATE                                                                  \
    "%016" PRIx64 " %" PRIu64 " %" PRIu64 " %016" PRIx64 " %" PRIu64           \
    " %016" PRIx64 " %" PRIu64 " %" PRIu64 " %a"
#define STATE_IN                                                               \
    "%" SCNx64 " %" SCNu64 " %" SCNu64 " %" SCNx64 " %" SCNu64 " %" SCNx64     \
    " %" SCNu64 " %" SCNu64 " %la"

static int
put(struct seg_record *rec, const char *prefix, const struct seg_param *p,
    float *data, struct seg_err *e)
{
    char name[NAME];
    struct seg_tensor t = {.name = name,
        .type = SEG_F32,
        .rank = p->rank,
        .bytes = p->count * sizeof *data,
        .data = data};

    if (!data)
        return 0;
    snprintf(name, sizeof name, "%s/%s", prefix, p->name);
    memcpy(t.shape, p->shape, sizeof p->shape);
    return seg_record_borrow(rec, &t, e) ? 0 : -1;
}

int
seg_checkpoint_save(struct seg_record *rec, const struct seg_loop *l,
    const struct seg_best *best, uint64_t fingerprint, struct seg_err *e)
{
    char state[200];
    int kept = best && best->step;

    seg_record_clear(rec);
    for (int i = 0; i < seg_net_params(l->net); i++) {
        const struct seg_param *p = seg_net_param(l->net, i);

        if (put(rec, "weight", p, p->w, e) ||
            put(rec, "first", p, l->optim.m[i], e) ||
            put(rec, "second", p, l->optim.v[i], e) ||
            (l->ema.e && put(rec, "average", p, l->ema.e[i], e)) ||
            (kept && put(rec, "best", p, best->w[i], e)))
            return -1;
    }
    snprintf(state, sizeof state, STATE, fingerprint, l->step, l->input.records,
        l->input.hash, l->second.records, l->second.hash, l->optim.steps,
        kept ? best->step : 0, kept ? best->score : 0.0);
    return seg_record_set(rec, "seg.checkpoint", state, e);
}

static int
get(const struct seg_record *rec, const char *prefix, const struct seg_param *p,
    float *data, const char *file, struct seg_err *e)
{
    char name[NAME];

    if (!data)
        return 0;
    snprintf(name, sizeof name, "%s/%s", prefix, p->name);
    const struct seg_tensor *t = seg_record_find(rec, name);
    if (!t || t->type != SEG_F32 || t->bytes != p->count * sizeof *data)
        return seg_fail(
            e, SEG_EDATA, "%s: checkpoint without a valid %s", file, name);
    memcpy(data, t->data, t->bytes);
    return 0;
}

int
seg_checkpoint_load(const struct seg_record *rec, struct seg_loop *l,
    struct seg_best *best, uint64_t fingerprint, const char *name,
    struct seg_err *e)
{
    const char *state = seg_record_meta(rec, "seg.checkpoint");
    uint64_t made_by, step, records[2], hash[2], steps, best_step;
    double score;

    if (!state || sscanf(state, STATE_IN, &made_by, &step, records, hash,
                      records + 1, hash + 1, &steps, &best_step, &score) != 9)
        return seg_fail(e, SEG_EDATA, "%s: not a checkpoint", name);
    if (made_by != fingerprint)
        return seg_fail(e, SEG_EDATA,
            "%s: checkpoint of another training (other arguments or another "
            "initial model): remove it to start anew",
            name);
    for (int i = 0; i < seg_net_params(l->net); i++) {
        const struct seg_param *p = seg_net_param(l->net, i);

        if (get(rec, "weight", p, p->w, name, e) ||
            get(rec, "first", p, l->optim.m[i], name, e) ||
            get(rec, "second", p, l->optim.v[i], name, e) ||
            (l->ema.e && get(rec, "average", p, l->ema.e[i], name, e)) ||
            (best && best_step && get(rec, "best", p, best->w[i], name, e)))
            return -1;
    }
    l->step = step;
    l->input.records = records[0];
    l->input.hash = hash[0];
    l->second.records = records[1];
    l->second.hash = hash[1];
    l->optim.steps = steps;
    if (best) {
        best->step = best_step;
        best->score = score;
    }
    seg_net_changed(l->net);
    return 0;
}
