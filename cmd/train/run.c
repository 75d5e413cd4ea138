/* The training loop of seg-pretrain, seg-finetune and seg-adapt. */
#include <inttypes.h>
#include <string.h>

#include "cmd/train/classes.h"
#include "cmd/train/header.h"
#include "cmd/train/options.h"
#include "cmd/train/resume.h"
#include "lib/base/hash.h"
#include "lib/train/rise.h"

enum { LABELS_CHECKED_AT = 10 /* steps */ };

/* Includes memory planned after the network, for example that of the loss. */
static void
check_limit(const struct cli_training *t)
{
    size_t bytes = cli_training_bytes(t);

    if (cli.mem_limit && bytes > cli.mem_limit)
        cli_fail(SEG_EMEM, "the training needs %zu bytes, the limit is %zu",
            bytes, cli.mem_limit);
}

/* A hash of everything the result depends on except the records: the command,
   the settings, the initial model and the class names. */
static uint64_t
fingerprint(const struct cli_training *t)
{
    const char *line = cli_own_history();
    uint64_t hash = seg_hash(line, strlen(line));

    hash = seg_hash_more(hash, t->settings, strlen(t->settings));
    for (int i = 0; i < t->initial.ntensors; i++) {
        const struct seg_tensor *x = t->initial.tensors + i;
        hash = seg_hash_more(hash, x->name, strlen(x->name));
        hash = seg_hash_more(hash, x->data, x->bytes);
    }
    for (int i = 0; i < t->initial.nmeta; i++) {
        const struct seg_meta *m = t->initial.meta + i;
        hash = seg_hash_more(hash, m->value, strlen(m->value));
    }
    const char *names = seg_record_meta(&t->loop.input.rec, "seg.classes");
    if (names)
        hash = seg_hash_more(hash, names, strlen(names));
    return hash;
}

/* The comments and the titles of the log. */
static const char *
heading(struct cli_training *t)
{
    struct seg_err e;

    return cli_need(
        seg_take_text(&t->arena, &e, "%sstep\tloss\tlr\tgrad_norm%s\tseconds\n",
            cli_training_header(t), t->columns ? t->columns : ""),
        &e);
}

static void
log_step(struct cli_training *t)
{
    double now = cli_clock();
    FILE *log = t->log.file;

    if (log) {
        fprintf(log, "%" PRIu64 "\t%.6g\t%.6g\t%.6g", t->loop.step,
            t->loop.loss, t->loop.rate, t->loop.norm);
        if (t->report)
            t->report(t->with, log);
        fprintf(log, "\t%.3f\n", now - t->clock);
        cli_log_check(&t->log);
    }
    t->clock = now;
}

/* Needs all losses from the first step on: a training that continues before
   step 30 is not watched. */
static void
watch_loss(struct seg_rise *r, const struct seg_loop *l)
{
    if (l->step != (uint64_t)r->steps + 1 || !seg_rise_add(r, l->loss))
        return;
    cli_warn("the loss has risen from %.4g in step 1 to a median of %.4g in "
             "steps %d to %d: lower the rate (--lr %g)%s",
        r->before, r->after, SEG_RISE_SKIP + 1, SEG_RISE_STEPS,
        cli_training_opts.lr / 10,
        cli_training_opts.clip > 0 ? "" : " or clip (--clip 1)");
}

static void
end_of_input(const struct cli_training *t)
{
    if (!t->total)
        return;
    cli_fail(SEG_EDATA,
        "%s%s%s: ends after step %" PRIu64 " of %" PRIu64 ": %d records a step",
        t->loop.input.batch.source, t->second ? " or " : "",
        t->second ? t->loop.second.batch.source : "", t->loop.step, t->total,
        cli_training_opts.batch * cli_training_opts.accumulate);
}

/* Reads the records that no step used: a stream that is cut off must fail. */
static void
drain_feed(
    struct cli_training *t, struct seg_feed *f, const struct cli_resume *r)
{
    struct seg_err e;
    size_t left = 0;
    int got;

    while ((got = f->source.next(t, &f->rec, &e)) > 0)
        left++;
    if (got < 0 && cli_resume_stopped())
        cli_resume_stop(r, t);
    cli_check(got, &e);
    if (left)
        cli_note("%zu records at the end of %s were not used", left,
            f == &t->loop.input ? "the input" : f->batch.source);
}

static void
drain(struct cli_training *t, const struct cli_resume *r)
{
    drain_feed(t, &t->loop.input, r);
    if (t->second)
        drain_feed(t, &t->loop.second, r);
    cli_resume_finish();
    if (t->second)
        cli_close_reader(t->second);
    cli_close_reader(t->models);
    cli_close_reader(t->reader);
}

int
cli_training_ended_early(const struct cli_training *t)
{
    return t->patience && t->best.step &&
           t->loop.step - t->best.step >= t->patience;
}

static int
goes_on(const struct cli_training *t)
{
    return (!t->total || t->loop.step < t->total) &&
           !cli_training_ended_early(t) && !cli_resume_stopped();
}

void
cli_training_run(struct cli_training *t)
{
    struct seg_err e;
    struct seg_loop *l = &t->loop;
    struct cli_progress bar = {0};
    struct seg_rise rise = {0};
    struct cli_resume r = {.hash = fingerprint(t)};
    int got = 1;

    check_limit(t);
    cli_note("starting from %s: %s", t->origin, t->settings);
    t->log.heading = heading(t);
    cli_resume_start(&r, t);
    t->clock = cli_clock();
    while (goes_on(t)) {
        char text[40];

        got = seg_loop_step(l, &e);
        if (got != 1)
            break;
        if (t->after)
            t->after(t->with, t, l->step == t->total);
        log_step(t);
        watch_loss(&rise, l);
        if (l->step == LABELS_CHECKED_AT)
            cli_training_warn_labels(t);
        if (l->step % (uint64_t)cli_training_opts.every == 0)
            cli_resume_save(&r, t);
        snprintf(text, sizeof text, "loss %.4f", l->loss);
        cli_progress(&bar, "step", l->step, t->total, text);
    }
    cli_progress_end(&bar);
    if (cli_resume_stopped() && got && l->step != t->total)
        cli_resume_stop(&r, t);
    cli_check(got, &e);
    if (!got)
        end_of_input(t);
    cli_check(seg_loop_check(l, &e), &e);
    cli_training_check_labels(t);
    drain(t, &r);
    cli_log_close(&t->log);
    cli_warn_nodata(&l->input.batch.gaps,
        "they take the mean of their band, and their label is ignored");
}
