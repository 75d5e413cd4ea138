/*
 * Two feeds of records: what a step uses of each, their hashes, and how a
 * training that continues skips what was used.
 */
#include "lib/train/loop.h"
#include "tests/unit/nets.h"

enum { SIDE = 4, RECORDS = 2, PASSES = 2, USED = RECORDS * PASSES };

static struct seg_err err;

/* Records with the keys 0, 1, ...; the hash of each depends on version. */
struct source {
    int next, end, version;
};

static int
make_record(void *with, struct seg_record *rec, struct seg_err *e)
{
    static const size_t shape[] = {SIDE, SIDE, 3};
    struct source *s = with;
    char key[20], hash[20];

    if (s->next == s->end)
        return 0;
    seg_record_clear(rec);
    struct seg_tensor *t = seg_record_add(rec, "image", SEG_U8, 3, shape, e);
    snprintf(key, sizeof key, "%d", s->next);
    snprintf(hash, sizeof hash, "%d.%d", s->next, s->version);
    if (!t || seg_record_set(rec, "seg.key", key, e) ||
        seg_record_set(rec, "seg.hash", hash, e))
        return -1;
    memset(t->data, s->next++, t->bytes);
    return 1;
}

/* A training that changes nothing; its task notes the images of each pass. */
struct training {
    struct seg_arena arena;
    struct source sources[2];
    struct seg_net *net;
    struct seg_loop loop;
    int prepared, wrong;
};

static void
prepare(void *with, float *x, uint64_t pass)
{
    struct training *t = with;
    int at = (int)(pass % PASSES);
    size_t n = seg_batch_floats(&t->loop.input.batch);

    for (int i = 0; i < 2; i++) {
        const struct seg_batch *b =
            i ? &t->loop.second.batch : &t->loop.input.batch;
        const float *from = seg_batch_x(b, at);

        memcpy(x + i * n, from, n * sizeof *x);
        for (size_t k = 0; k < n; k++) {
            size_t record = pass * RECORDS + k / (n / RECORDS);
            t->wrong += from[k] != (float)record;
        }
    }
    t->prepared++;
}

static double
no_loss(void *with, struct seg_value *out, const uint8_t *label, uint64_t pass)
{
    (void)with;
    (void)label;
    (void)pass;
    memset(out->dx, 0, seg_value_count(out) * sizeof *out->dx);
    return 0;
}

static void
start_feed(struct training *t, struct seg_feed *f, struct source *s)
{
    static float mean[] = {0, 0, 0}, std[] = {1, 1, 1};
    const struct seg_normalize_opts opts = {.mean = mean, .std = std};

    f->source = (struct seg_source){make_record, s};
    f->batch =
        (struct seg_batch){.source = f == &t->loop.input ? "first" : "second",
            .records = RECORDS,
            .passes = PASSES,
            .views = 1,
            .unlabeled = 1};
    if (seg_feed_peek(f, &err) != 1 ||
        seg_normalize_start(&f->batch.normalize, &t->arena, 3, &opts, &err) ||
        seg_batch_start(&f->batch, &f->rec, &t->arena, &err))
        give_up(&err);
}

static void
start(struct training *t, int first, int second)
{
    struct seg_loop *l = &t->loop;

    *t = (struct training){.sources = {{.end = first}, {.end = second}}};
    t->net = l->net = make_net("image input - c=3\n"
                               "classifier conv image c=2 k=1\n");
    plan_net(t->net, (struct seg_net_plan){.n = 2 * RECORDS,
                         .h = SIDE,
                         .w = SIDE,
                         .training = 1,
                         .passes = PASSES});
    start_feed(t, &l->input, t->sources);
    start_feed(t, &l->second, t->sources + 1);
    l->task = (struct seg_task){.loss = no_loss, .prepare = prepare, .with = t};
    l->optim = (struct seg_optim){.kind = SEG_SGD, .threads = 1};
    if (seg_optim_start(&l->optim, t->net, &t->arena, &err) ||
        seg_ema_start(&l->ema, t->net, &t->arena, &err))
        give_up(&err);
}

static void
finish(struct training *t)
{
    seg_record_free(&t->loop.input.rec);
    seg_record_free(&t->loop.second.rec);
    seg_normalize_free(&t->loop.input.batch.normalize);
    seg_normalize_free(&t->loop.second.batch.normalize);
    seg_net_free(t->net);
    seg_arena_free(&t->arena);
}

static void
steps(void)
{
    struct training t;
    int done_steps = 0;

    start(&t, 3 * USED, 3 * USED);
    while (seg_loop_step(&t.loop, &err) == 1)
        done_steps++;
    ok(done_steps == 3 && t.prepared == 3 * PASSES && !t.wrong,
        "each pass has the next records of both feeds");
    ok(t.loop.input.records == 3 * USED && t.loop.second.records == 3 * USED &&
            t.loop.input.hash == t.loop.second.hash && t.loop.input.hash,
        "equal records give equal hashes");
    finish(&t);
    for (int i = 0; i < 2; i++) {
        start(&t, i ? 9 * USED : 2 * USED + 3, i ? 2 * USED + 3 : 9 * USED);
        int got = 1;
        for (int k = 0; k < 2; k++)
            got &= seg_loop_step(&t.loop, &err) == 1;
        uint64_t hash[] = {t.loop.input.hash, t.loop.second.hash};
        ok(got && seg_loop_step(&t.loop, &err) == 0 && t.loop.step == 2 &&
                t.prepared == 2 * PASSES,
            "feed %d ends within a step: there is no such step", i);
        ok(t.loop.input.records == 2 * USED &&
                t.loop.second.records == 2 * USED &&
                t.loop.input.hash == hash[0] && t.loop.second.hash == hash[1],
            "feed %d ends within a step: what was used stays", i);
        finish(&t);
    }
}

/* Brings b, which has read nothing, to the state of a. */
static int
skip(struct training *b, const struct training *a)
{
    b->loop.step = a->loop.step;
    b->loop.input.records = a->loop.input.records;
    b->loop.input.hash = a->loop.input.hash;
    b->loop.second.records = a->loop.second.records;
    b->loop.second.hash = a->loop.second.hash;
    return seg_feed_skip(&b->loop.input, &err) ||
           seg_feed_skip(&b->loop.second, &err);
}

static void
skips(void)
{
    struct training a, b;

    start(&a, 5 * USED, 5 * USED);
    for (int i = 0; i < 2; i++)
        if (seg_loop_step(&a.loop, &err) != 1)
            give_up(&err);
    start(&b, 5 * USED, 5 * USED);
    ok(!skip(&b, &a), "both feeds are skipped");
    while (
        seg_loop_step(&b.loop, &err) == 1 && seg_loop_step(&a.loop, &err) == 1)
        continue;
    ok(b.loop.step == 5 && a.loop.step == 5 && !b.wrong,
        "and go on with the records after those used");
    ok(a.loop.input.hash == b.loop.input.hash &&
            a.loop.second.hash == b.loop.second.hash,
        "to the same hashes");
    finish(&b);
    start(&b, 5 * USED, 5 * USED - 1);
    ok(skip(&b, &a) && err.kind == SEG_EDATA &&
            !strcmp(err.text,
                "second: ends after 19 records, the checkpoint has used 20"),
        "a second feed that is shorter is refused");
    finish(&b);
    for (int i = 0; i < 2; i++) {
        start(&b, 5 * USED, 5 * USED);
        b.sources[i].version = 1; /* from the second record on */
        ok(skip(&b, &a) && !strncmp(err.text, i ? "second" : "first", 5) &&
                strstr(err.text, "not the records"),
            "feed %d with other pixels under the same keys is refused", i);
        finish(&b);
    }
    finish(&a);
}

int
main(void)
{
    steps();
    skips();
    return done();
}
