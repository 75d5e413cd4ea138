/* The records that a training reads. */
#include "cmd/cli/open_model.h"
#include "cmd/cli/units.h"
#include "cmd/train/claim.h"
#include "cmd/train/defaults.h"
#include "cmd/train/options.h"
#include "cmd/train/training.h"

enum { MAX_SIDE = 1 << 20 };

static void
warn_units(const struct seg_batch *b, const struct seg_record *rec)
{
    char where[600];

    snprintf(
        where, sizeof where, "%.400s: %.180s", b->source, seg_record_name(rec));
    cli_warn_units(&b->normalize, rec, where);
}

static int
next(void *with, struct seg_record *rec, struct seg_err *e)
{
    struct cli_training *t = with;
    int got = 0;

    if (!t->indexed)
        got = seg_reader_next(t->reader, rec, e);
    else if (t->at < t->indexed)
        got = seg_reader_at(t->reader, t->at++, rec, e) ? -1 : 1;
    if (got == 1 && t->loop.input.batch.normalize.c)
        warn_units(&t->loop.input.batch, rec);
    return got;
}

static int
next_of_second(void *with, struct seg_record *rec, struct seg_err *e)
{
    struct cli_training *t = with;
    int got = seg_reader_next(t->second, rec, e);

    if (got == 1 && t->loop.second.batch.normalize.c)
        warn_units(&t->loop.second.batch, rec);
    return got;
}

/* Sets the number of steps: from --steps, or by counting the records of a
   file. */
static void
find_total(struct cli_training *t, const char *path)
{
    struct seg_err e;
    size_t bytes,
        batch = cli_training_opts.batch * (size_t)cli_training_opts.accumulate;

    t->total = (uint64_t)cli_training_opts.steps;
    if (t->total)
        return;
    seg_reader_position(t->reader, &bytes);
    if (bytes) {
        cli_check(seg_reader_index(t->reader, &t->indexed, &e), &e);
        t->total = t->indexed / batch;
        if (!t->total)
            cli_fail(SEG_EDATA,
                "%s: fewer records than one step takes (--batch)", path);
    } else if (cli_training_opts.schedule != SEG_SCHEDULE_CONSTANT) {
        cli_usage("--steps is needed: the length of a pipe is not known");
    }
}

void
cli_training_open(struct cli_training *t, const char *path)
{
    struct seg_err e;

    cli_claim_outputs();
    t->models = cli_model(&t->model, &t->initial, cli_training_opts.model);
    cli_training_defaults(t);
    t->reader = cli_reader(path);
    path = seg_reader_name(t->reader);
    find_total(t, path);
    t->loop.input.source = (struct seg_source){next, t};
    t->loop.input.batch.source = path;
    if (!cli_check(seg_feed_peek(&t->loop.input, &e), &e))
        cli_fail(SEG_EDATA, "%s: no records to learn from", path);
    const struct seg_tensor *image =
        seg_record_find(&t->loop.input.rec, "image");
    if (!image || image->rank != 3 || image->shape[0] > MAX_SIDE ||
        image->shape[1] > MAX_SIDE)
        cli_fail(SEG_EDATA,
            "%s: no image [height,width,channels] in the first record", path);
    t->h = (int)image->shape[0];
    t->w = (int)image->shape[1];
}

void
cli_training_open_second(
    struct cli_training *t, const char *path, const char *option)
{
    struct seg_err e;
    struct seg_feed *f = &t->loop.second;

    t->second = cli_reader(path);
    f->source = (struct seg_source){next_of_second, t};
    f->batch.source = seg_reader_name(t->second);
    if (!cli_check(seg_feed_peek(f, &e), &e))
        cli_fail(SEG_EDATA, "--%s %s: no records to learn from", option, path);
}

/* Plans the batch of a feed whose first record was read. */
static void
plan_feed(struct cli_training *t, struct seg_feed *f, int classes, int ignore)
{
    const struct cli_training_opts *o = &cli_training_opts;
    struct seg_batch *b = &f->batch;
    struct seg_err e;

    b->records = o->batch;
    b->passes = o->accumulate;
    b->classes = classes;
    b->ignore = ignore;
    cli_check(seg_normalize_start(&b->normalize, &t->arena, t->model.channels,
                  &t->model.normalize, &e),
        &e);
    cli_check(seg_batch_start(b, &f->rec, &t->arena, &e), &e);
    warn_units(b, &f->rec);
}

/* The labels of the second feed must have the classes of the first. */
static void
expect_same_classes(struct cli_training *t)
{
    struct seg_batch *b = &t->loop.second.batch;
    struct seg_known_classes *k = &b->known;
    struct seg_err e;
    const char *in = cli_need(
        seg_take_text(&t->arena, &e, "in %.70s", t->loop.input.batch.source),
        &e);

    k->in = in;
    k->names = seg_record_meta(&t->loop.input.rec, "seg.classes");
    if (k->names)
        k->names = cli_need(seg_take_string(&t->arena, k->names, &e), &e);
    k->labeled = 1;
    k->ignore = b->ignore;
}

void
cli_training_plan_feeds(struct cli_training *t, int classes, int ignore)
{
    const struct seg_batch *b = &t->loop.input.batch,
                           *c = &t->loop.second.batch;

    plan_feed(t, &t->loop.input, classes, ignore);
    if (!t->second)
        return;
    plan_feed(t, &t->loop.second, classes, ignore);
    expect_same_classes(t);
    if (b->h != c->h || b->w != c->w)
        cli_fail(SEG_EDATA,
            "%s: image is %dx%d, but that of %s is %dx%d: one "
            "size is needed",
            c->source, c->w, c->h, b->source, b->w, b->h);
}
