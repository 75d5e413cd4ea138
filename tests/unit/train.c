/*
 * The training loop: it learns a learnable task and nothing from shuffled
 * labels; it reports invalid records; a checkpoint contains the whole state; a
 * step allocates no memory.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/loss/sum.h"
#include "lib/train/checkpoint.h"
#include "tests/unit/tap.h"

enum { SIDE = 12, CLASSES = 4, BATCH = 4, STEPS = 60 };

static struct seg_err err;

/* Counts allocations: arenas, the only source of memory, use this function. */
static int taken;

void *
aligned_alloc(size_t align, size_t bytes)
{
    void *p;

    taken++;
    return posix_memalign(&p, align, bytes) ? NULL : p;
}

/* Images of squares whose color indicates the class, with noise. */
struct images {
    int next, end;
    int shuffled; /* labels are those of another image */
    int spoil;    /* the defect of image 5 */
};

enum { SOUND, WIDER, NO_LABEL, BAD_VALUE, WIDE_LABEL, BANDS };

static int
class_at(int image, int y, int x)
{
    struct seg_rng r = seg_rng_make(
        1, NULL, "square", (uint64_t)(image * 9 + y / 4 * 3 + x / 4));

    return (int)seg_rng_below(&r, CLASSES);
}

static int
make_image(void *with, struct seg_record *rec, struct seg_err *e)
{
    struct images *p = with;
    int number = p->next++, wrong = number == 5 ? p->spoil : SOUND;
    size_t w = wrong == WIDER ? SIDE + 1 : SIDE;
    size_t shape[] = {SIDE, w, wrong == BANDS ? 4 : 3};
    char key[20];

    if (number >= p->end)
        return 0;
    seg_record_clear(rec);
    snprintf(key, sizeof key, "image%d", number);
    struct seg_tensor *image =
        seg_record_add(rec, "image", SEG_U8, 3, shape, e);
    struct seg_tensor *label =
        seg_record_add(rec, wrong == NO_LABEL ? "other" : "label",
            wrong == WIDE_LABEL ? SEG_U16 : SEG_U8, 2, shape, e);
    if (!image || !label || seg_record_set(rec, "seg.key", key, e))
        return -1;
    struct seg_rng r = seg_rng_make(2, key, "noise", 0);
    memset(label->data, 0, label->bytes);
    for (size_t i = 0; i < SIDE * w; i++) {
        int y = (int)(i / w), x = (int)(i % w);
        int k = class_at(number, y, x);
        uint8_t *pixel = (uint8_t *)image->data + i * shape[2];

        for (size_t c = 0; c < shape[2]; c++)
            pixel[c] = (uint8_t)(40 + 150 * (k >> (c % 2) & 1) +
                                 (int)seg_rng_below(&r, 60));
        if (label->type == SEG_U8)
            ((uint8_t *)label->data)[i] =
                (uint8_t)(p->shuffled ? class_at(number + 1000, y, x) : k);
    }
    if (wrong == BAD_VALUE)
        ((uint8_t *)label->data)[SIDE * 3 + 7] = 17;
    return 1;
}

/* ---- one training ---- */

struct cli_training {
    struct seg_arena arena;
    struct images images;
    struct seg_net *net;
    struct seg_loop loop;
    struct seg_best best;
    struct seg_loss_sum loss;
};

static double
cross_entropy(
    void *with, struct seg_value *out, const uint8_t *label, uint64_t pass)
{
    (void)pass;
    return seg_loss_value(with, out->dx, out->x, label, NULL, 0);
}

static int
start(struct cli_training *t, int threads)
{
    static float mean[] = {128, 128, 128}, std[] = {64, 64, 64};
    const struct seg_normalize_opts opts = {.mean = mean, .std = std};
    static const char text[] = "image input - c=3\n"
                               "a conv image c=8 k=3\n"
                               "b bn a act=relu\n"
                               "classifier conv b c=4 k=1 bias=1\n";
    struct seg_loop *l = &t->loop;
    struct seg_net_plan plan = {
        .n = BATCH, .h = SIDE, .w = SIDE, .training = 1, .threads = threads};

    l->input.source = (struct seg_source){make_image, &t->images};
    l->task = (struct seg_task){.loss = cross_entropy, .with = &t->loss};
    l->input.batch = (struct seg_batch){.source = "input",
        .records = BATCH,
        .passes = 1,
        .views = 1,
        .classes = CLASSES,
        .ignore = 255};
    l->schedule = (struct seg_schedule){
        .kind = SEG_SCHEDULE_POLY, .base = 0.2, .power = 0.9, .total = STEPS};
    l->optim = (struct seg_optim){
        .kind = SEG_SGD, .momentum = 0.9, .threads = threads};
    l->ema = (struct seg_ema){.decay = 0.9, .threads = threads};
    t->loss = (struct seg_loss_sum){.ignore = 255,
        .threads = threads,
        .n = BATCH,
        .h = SIDE,
        .w = SIDE,
        .classes = CLASSES,
        .label_h = SIDE,
        .label_w = SIDE};
    if (seg_net_parse(&t->net, text, "text", &err))
        return -1;
    l->net = t->net;
    seg_net_init(t->net, SEG_INIT_HE, 1);
    return seg_feed_peek(&l->input, &err) != 1 ||
                   seg_normalize_start(
                       &l->input.batch.normalize, &t->arena, 3, &opts, &err) ||
                   seg_batch_start(
                       &l->input.batch, &l->input.rec, &t->arena, &err) ||
                   seg_net_plan(t->net, &plan, &err) ||
                   seg_optim_start(&l->optim, t->net, &t->arena, &err) ||
                   seg_ema_start(&l->ema, t->net, &t->arena, &err) ||
                   seg_best_start(&t->best, t->net, &t->arena, &err) ||
                   seg_loss_parse(&t->loss, "ce", "loss", &err) ||
                   seg_loss_plan(&t->loss, &t->arena, &err)
               ? -1
               : 0;
}

static void
finish(struct cli_training *t)
{
    seg_record_free(&t->loop.input.rec);
    seg_net_free(t->net);
    seg_arena_free(&t->arena);
}

/* Runs steps up to `number`; returns the mean loss of the last ten. */
static double
run(struct cli_training *t, uint64_t number)
{
    double sum = 0;

    while (t->loop.step < number) {
        if (seg_loop_step(&t->loop, &err) != 1)
            return NAN;
        if (t->loop.step + 10 > number)
            sum += t->loop.loss;
    }
    return sum / 10;
}

static double
learn(int shuffled)
{
    struct cli_training t = {
        .images = {.end = STEPS * BATCH, .shuffled = shuffled}};
    double loss = start(&t, 1) ? NAN : run(&t, STEPS);

    finish(&t);
    return loss;
}

/* 1 if all parameters of both are equal, to the last bit. */
static int
equal(const struct seg_net *a, const struct seg_net *b)
{
    int same = 1;

    for (int i = 0; i < seg_net_params(a); i++) {
        const struct seg_param *p = seg_net_param(a, i);
        same &= !memcmp(p->w, seg_net_param(b, i)->w, p->count * sizeof *p->w);
    }
    return same;
}

static void
checkpoint(void)
{
    struct cli_training a = {.images = {.end = STEPS * BATCH}}, b = a, c = a;
    struct seg_record rec = {0};

    if (start(&a, 1) || start(&b, 3) || start(&c, 1))
        ok(0, "start: %s", err.text);
    run(&a, 20);
    seg_best_offer(&a.best, 0.5, 20);
    run(&a, 30);
    int status = seg_checkpoint_save(&rec, &a.loop, &a.best, 7, &err);
    ok(!status, "a checkpoint is made");
    status = seg_checkpoint_load(&rec, &c.loop, &c.best, 8, "file", &err);
    ok(status && err.kind == SEG_EDATA && strstr(err.text, "other arguments"),
        "that of another training is refused");
    status = seg_checkpoint_load(&rec, &b.loop, &b.best, 7, "file", &err) ||
             seg_feed_skip(&b.loop.input, &err);
    ok(!status && b.loop.step == 30, "a loop is brought to it");
    run(&a, STEPS);
    run(&b, STEPS);
    ok(equal(a.net, b.net) && !equal(a.net, c.net),
        "and goes on to the same bits, with other threads");
    seg_ema_swap(&a.loop.ema);
    ok(!equal(a.net, b.net), "the average is not the last weights");
    seg_ema_swap(&b.loop.ema);
    ok(equal(a.net, b.net), "and is the same bits too");
    seg_best_restore(&a.best);
    seg_best_restore(&b.best);
    run(&c, 20);
    ok(equal(a.net, b.net) && equal(a.net, c.net),
        "the best weights come back, those of step 20");
    ok(!seg_best_offer(&b.best, 0.5, 40) && b.best.step == 20,
        "an equal score does not replace the best");
    a.images = (struct images){.next = 1, .end = STEPS * BATCH + 1};
    a.loop.input.pending = 0;
    status = seg_feed_skip(&a.loop.input, &err);
    ok(status && strstr(err.text, "not the records"),
        "other records than the used ones are noticed");
    a.images = (struct images){.end = 20};
    status = seg_feed_skip(&a.loop.input, &err);
    ok(status && strstr(err.text, "ends after 20"),
        "an input shorter than the checkpoint used is refused");
    seg_record_free(&rec);
    finish(&a);
    finish(&b);
    finish(&c);
}

static void
memory(void)
{
    struct cli_training t = {.images = {.end = STEPS * BATCH}};
    int before;

    if (start(&t, 2))
        ok(0, "start: %s", err.text);
    run(&t, 2);
    before = taken;
    run(&t, STEPS);
    ok(before > 0 && taken == before && t.loop.step == STEPS,
        "%d blocks of memory after 2 steps, %d after %d", before, taken, STEPS);
    finish(&t);
}

static void
complaint(int spoil, const char *const *expected)
{
    struct cli_training t = {.images = {.end = STEPS * BATCH, .spoil = spoil}};
    struct cli_training before = {.images = {.end = STEPS * BATCH}};
    int all = 1;

    if (start(&t, 1) || start(&before, 1) ||
        seg_loop_step(&t.loop, &err) != 1 ||
        seg_loop_step(&before.loop, &err) != 1)
        ok(0, "start: %s", err.text);
    int got = seg_loop_step(&t.loop, &err);
    for (int i = 0; expected[i]; i++)
        all &= strstr(err.text, expected[i]) != NULL;
    ok(got == -1 && err.kind == SEG_EDATA && all, "refused: %s", err.text);
    ok(t.loop.step == 1 && equal(t.net, before.net), "and nothing has changed");
    finish(&t);
    finish(&before);
}

int
main(void)
{
    double loss = learn(0), control = learn(1);

    ok(loss < 0.1, "colors are learned: loss %.3f", loss);
    ok(control > 0.95 * log(CLASSES),
        "shuffled labels are not: loss %.3f, a guess is %.3f", control,
        log(CLASSES));
    checkpoint();
    memory();
    complaint(WIDER,
        (const char *[]){"input: image5", "13x12", "image0", "12x12", NULL});
    complaint(NO_LABEL, (const char *[]){"image5", "no tensor label", NULL});
    complaint(BAD_VALUE,
        (const char *[]){"image5", "value 17", "(x 7, y 3)", "0..3", NULL});
    complaint(WIDE_LABEL, (const char *[]){"image5", "U16", NULL});
    complaint(BANDS,
        (const char *[]){"image5", "[12,12,4]", "[height,width,3]", NULL});

    struct cli_training t = {.images = {.end = 6}};
    ok(!start(&t, 1) && seg_loop_step(&t.loop, &err) == 1 &&
            seg_loop_step(&t.loop, &err) == 0 && t.loop.step == 1 &&
            t.loop.input.records == 4,
        "records short of a batch make no step");
    finish(&t);
    return done();
}
