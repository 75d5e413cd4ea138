#include "cmd/train/unlabeled.h"
#include "cmd/cli/cli.h"
#include "cmd/train/options.h"

const char *const cli_unlabeled_mixes[] = {
    "none", "cutmix", "copy-paste", NULL};
struct cli_unlabeled_opts cli_unlabeled_opts = {
    .ramp = -1, .mix = -1, .above = -1, .weight = -1};

#define DECAY 0.99 /* of the teacher, if --ema does not say */

void
cli_unlabeled_check(struct cli_unlabeled *u)
{
    struct cli_unlabeled_opts *o = &cli_unlabeled_opts;

    if (!o->file) {
        if (o->loss || o->mix >= 0 || o->ramp >= 0 || o->above >= 0 ||
            o->weight >= 0)
            cli_usage("--unlabeled-loss, --mix, --ramp, --above and "
                      "--unlabeled-weight require --unlabeled FILE");
        return;
    }
    o->loss = o->loss ? o->loss : "ce";
    o->mix = o->mix < 0 ? SEG_MIX_CUTMIX : o->mix;
    o->above = o->above < 0 ? 0.9 : o->above;
    o->weight = o->weight < 0 ? 1 : o->weight;
    if (!(cli_training_opts.ema > 0))
        cli_training_opts.ema = DECAY;
    cli_loss_parse(&u->loss, "--unlabeled-loss", o->loss, 0);
}

void
cli_unlabeled_open(struct cli_training *t)
{
    struct seg_batch *b = &t->loop.second.batch;

    cli_training_open_second(t, cli_unlabeled_opts.file, "unlabeled");
    b->views = 2;
    b->unlabeled = b->wants_valid = 1;
}

void
cli_unlabeled_start(
    struct cli_unlabeled *u, struct cli_training *t, struct cli_loss *labeled)
{
    const struct cli_unlabeled_opts *o = &cli_unlabeled_opts;
    const struct seg_batch *b = &t->loop.input.batch;
    struct seg_teacher *teacher = &u->semi.teacher;
    struct seg_err e;

    u->labeled = labeled;
    u->loop = &t->loop;
    cli_loss_plan(&u->loss, t, NULL);
    u->semi = (struct seg_semi){.labeled = b,
        .unlabeled = &t->loop.second.batch,
        .mix = (enum seg_semi_mix)o->mix,
        .seed = cli.seed};
    *teacher = (struct seg_teacher){.net = cli_training_copy(t),
        .ema = &t->loop.ema,
        .n = b->records,
        .h = b->h,
        .w = b->w,
        .ignore = b->ignore,
        .threads = cli.threads,
        .exact = cli.exact,
        .above = o->above};
    cli_check(
        seg_teacher_start(teacher, cli_training_left(t), &t->arena, &e), &e);
    t->others += seg_net_bytes(teacher->net).total;
    cli_check(seg_semi_start(&u->semi, &t->arena, &e), &e);
    u->part = cli_need(
        seg_take_dirty(&t->arena, seg_value_count(seg_net_output(t->loop.net)),
            sizeof *u->part, &e),
        &e);
}

void
cli_unlabeled_prepare(struct cli_unlabeled *u, float *x, uint64_t pass)
{
    seg_semi_prepare(&u->semi, x, pass);
}

static uint64_t
ramp_steps(const struct seg_loop *l)
{
    int ramp = cli_unlabeled_opts.ramp;

    return ramp >= 0 ? (uint64_t)ramp : l->schedule.total / 3;
}

double
cli_unlabeled_pass(
    struct cli_unlabeled *u, struct seg_value *out, uint64_t pass)
{
    struct seg_value v = *out;
    size_t n = seg_value_count(out);
    int passes = u->semi.labeled->passes;
    double weight = cli_unlabeled_opts.weight *
                    seg_semi_ramp(u->loop->step, ramp_steps(u->loop)) *
                    u->semi.sure;

    v.dx = u->part;
    double a = cli_loss_pass(u->labeled, out, u->semi.label, NULL, pass);
    double b = cli_loss_pass(&u->loss, &v, u->semi.pseudo, NULL, pass);
#pragma omp parallel for num_threads(cli.threads) schedule(static)
    for (size_t i = 0; i < n; i++)
        out->dx[i] += (float)weight * u->part[i];
    cli_mean_pass(u->value, a, pass, passes);
    cli_mean_pass(u->value + 1, b, pass, passes);
    cli_mean_pass(&u->sure, u->semi.sure, pass, passes);
    return a + weight * b;
}

void
cli_unlabeled_report(const struct cli_unlabeled *u, FILE *log)
{
    fprintf(log, "\t%.6g\t%.6g\t%.4f", u->value[0], u->value[1], u->sure);
}

void
cli_unlabeled_end(struct cli_unlabeled *u)
{
    seg_net_free(u->semi.teacher.net);
}
