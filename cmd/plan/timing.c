#include <math.h>
#include <string.h>

#include "cmd/plan/timing.h"
#include "lib/dataset/sample.h"
#include "lib/image/augment.h"
#include "lib/loss/sum.h"
#include "lib/predict/predictor.h"
#include "lib/train/loop.h"

#define MEASURED 1.5 /* seconds at least */
enum { MOST_STEPS = 20, FEWEST_STEPS = 2 };

/* Patches as seg-sample and seg-augment make them. */
struct patches {
    struct seg_reader *reader;
    struct seg_record rec;
    struct seg_arena arena, scratch;
    struct seg_sample sample;
    struct seg_augment augment;
    uint64_t draw;
    size_t n;
    double seconds; /* spent on making them */
};

static int
make_patch(struct patches *p, struct seg_record *out, struct seg_err *e)
{
    struct seg_window win;
    struct seg_nodata nodata;

    if (seg_reader_at(p->reader, p->draw % p->n, &p->rec, e) ||
        seg_sample_window(&win, &p->rec, &p->sample, -1, p->draw / p->n, e) ||
        seg_sample_cut(out, &p->rec, &win, &p->sample, e) ||
        seg_nodata_get(&nodata, out, e))
        return -1;
    struct seg_tensor *image = seg_record_find(out, "image");
    seg_arena_reset(&p->scratch);
    return p->augment.color > 0 ? seg_augment_apply(image, &p->augment, &nodata,
                                      "", p->draw, &p->scratch, e)
                                : 0;
}

static int
next_patch(void *with, struct seg_record *rec, struct seg_err *e)
{
    struct patches *p = with;
    double start = cli_clock();
    int failed = make_patch(p, rec, e);

    p->draw++;
    p->seconds += cli_clock() - start;
    return failed ? -1 : 1;
}

static void
open_patches(struct patches *p, const struct cli_trial *t)
{
    struct seg_err e;

    p->reader = cli_reader(t->path);
    cli_check(seg_reader_index(p->reader, &p->n, &e), &e);
    p->sample = (struct seg_sample){.w = t->crop_w,
        .h = t->crop_h,
        .scale = {0.75, 1.5},
        .flip_x = 1,
        .max_share = 1};
    p->augment = (struct seg_augment){.color = t->color, .gray = 0.2};
}

/* The normalization of a network by the statistics of the survey. */
static void
normalize(
    struct seg_normalize *q, struct seg_arena *a, const struct cli_survey *s)
{
    struct seg_err e;
    int c = s->stat.bands;
    struct seg_normalize_opts o = {
        .mean = cli_need(seg_take(a, (size_t)c, sizeof(float), &e), &e),
        .std = cli_need(seg_take(a, (size_t)c, sizeof(float), &e), &e)};

    for (int b = 0; b < c; b++) {
        double mean, sd;

        seg_stat_mean_sd(&mean, &sd, s->stat.band + b);
        o.mean[b] = (float)mean;
        o.std[b] = sd > 0 ? (float)sd : 1;
    }
    cli_check(seg_normalize_start(q, a, c, &o, &e), &e);
}

static double
loss_of_pass(
    void *with, struct seg_value *out, const uint8_t *label, uint64_t pass)
{
    return seg_loss_value(with, out->dx, out->x, label, NULL, pass);
}

static void
plan_loss(
    struct seg_loss_sum *s, const struct seg_loop *l, struct seg_arena *arena)
{
    struct seg_err e;
    const struct seg_value *out = seg_net_output(l->net);

    cli_check(seg_loss_parse(s, "ce", "", &e), &e);
    s->ignore = l->input.batch.ignore;
    s->threads = cli.threads;
    s->n = out->n;
    s->h = out->h;
    s->w = out->w;
    s->classes = out->c;
    s->label_h = l->input.batch.h;
    s->label_w = l->input.batch.w;
    cli_check(seg_loss_plan(s, arena, &e), &e);
}

/* Bytes besides the values of the network: gradients of AdamW and copies. */
static size_t
other_bytes(const struct seg_net *net, const struct cli_trial *t)
{
    size_t bytes = (size_t)t->batch * t->crop_h * t->crop_w *
                   (1 + sizeof(float) * (size_t)t->survey->stat.bands);

    for (int i = 0; i < seg_net_params(net); i++)
        bytes += 4 * seg_net_param(net, i)->count * sizeof(float);
    return bytes;
}

/* Plans the network for the batch, or for half of it, and so on. */
static void
plan_network(struct seg_net *net, struct cli_trial *t, const char *last)
{
    struct seg_err e;

    for (;; t->batch /= 2) {
        size_t others = other_bytes(net, t);
        struct seg_net_plan plan = {.n = t->batch,
            .h = t->crop_h,
            .w = t->crop_w,
            .training = 1,
            .threads = cli.threads,
            .mem_limit = cli.mem_limit,
            .others = others,
            .last = last};

        int failed = seg_net_plan(net, &plan, &e);
        if (!failed) {
            t->bytes = seg_net_bytes(net).total + others;
            return;
        }
        if (e.kind != SEG_EMEM || t->batch == 1)
            cli_die(&e);
    }
}

static void
run_steps(struct cli_trial *t, struct seg_loop *l, struct patches *p)
{
    struct seg_err e;
    double start = 0;
    int n = -1; /* the first step is not counted */

    do {
        cli_check(seg_loop_step(l, &e), &e);
        if (++n)
            continue;
        start = cli_clock();
        p->seconds = 0;
    } while (
        n < FEWEST_STEPS || (n < MOST_STEPS && cli_clock() - start < MEASURED));
    t->patches = p->seconds / n;
    t->step = (cli_clock() - start) / n - t->patches;
}

static void
time_steps(struct cli_trial *t, struct seg_net *net, int run)
{
    struct seg_err e;
    struct seg_arena arena = {0};
    struct patches p = {0};
    struct seg_loss_sum loss = {0};
    struct seg_loop l = {.net = net,
        .input.source = {next_patch, &p},
        .task = {.loss = loss_of_pass, .with = &loss},
        .schedule = {.kind = SEG_SCHEDULE_CONSTANT, .total = 1},
        .optim = {.momentum = 0.9, .threads = cli.threads},
        .clip = 1};

    seg_net_logits(&loss.logits, net);
    plan_network(net, t, loss.logits.node);
    if (!run)
        return;
    open_patches(&p, t);
    l.input.batch = (struct seg_batch){.source = t->path,
        .records = t->batch,
        .passes = 1,
        .views = 1,
        .classes = t->survey->classes,
        .ignore = t->survey->stat.ignore};
    normalize(&l.input.batch.normalize, &arena, t->survey);
    cli_check(seg_feed_peek(&l.input, &e), &e);
    cli_check(seg_batch_start(&l.input.batch, &l.input.rec, &arena, &e), &e);
    cli_check(seg_optim_start(&l.optim, net, &arena, &e), &e);
    plan_loss(&loss, &l, &arena);
    run_steps(t, &l, &p);
    seg_normalize_free(&l.input.batch.normalize);
    seg_record_free(&l.input.rec);
    seg_record_free(&p.rec);
    seg_arena_free(&p.scratch);
    cli_discard_reader(p.reader);
    seg_arena_free(&arena);
}

static void
time_prediction(struct cli_trial *t, struct seg_net *net)
{
    struct seg_err e;
    struct seg_arena arena = {0};
    struct seg_predictor p = {.net = net, .threads = cli.threads};

    normalize(&p.normalize, &arena, t->survey);
    double start = cli_clock();
    cli_check(seg_predictor_fit(&p, 1, t->predict_h, t->predict_w, &e), &e);
    seg_predictor_forward(&p);
    double middle = cli_clock();
    seg_predictor_forward(&p);
    t->predict = cli_clock() - middle;
    t->prepare = fmax(0, middle - start - t->predict);
    seg_predictor_free(&p);
    seg_normalize_free(&p.normalize);
    seg_arena_free(&arena);
}

void
cli_trial(struct cli_trial *t, int run)
{
    struct seg_err e;
    struct seg_net *net;

    cli_check(seg_net_parse(&net, t->net, "network", &e), &e);
    seg_net_init(net, SEG_INIT_HE, 0);
    seg_net_changed(net);
    time_steps(t, net, run);
    if (run)
        time_prediction(t, net);
    seg_net_free(net);
}
