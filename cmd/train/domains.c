#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/train/domains.h"

struct cli_domains_opts cli_domains_opts = {.near = -1, .far = -1};

enum { LARGE = 24 /* pixels: a patch is about as large */ };
#define LABELED 0.5 /* share of labeled pixels that a patch needs */

int
cli_domains_given(void)
{
    const struct cli_domains_opts *o = &cli_domains_opts;

    return o->patches[0] || o->levels || o->near >= 0 || o->far >= 0;
}

void
cli_domains_check(void)
{
    struct cli_domains_opts *o = &cli_domains_opts;

    o->levels = o->levels ? o->levels : 2;
    o->near = o->near < 0 ? 0.2 : o->near;
    o->far = o->far < 0 ? 0.5 : o->far;
}

void
cli_domains_open(struct cli_training *t)
{
    cli_training_open_second(t, cli_domains_opts.file, "target");
    t->loop.second.batch.views = 1;
}

void
cli_domains_plan(struct seg_patch_loss *l, struct cli_training *t,
    const struct seg_value *features, double tau)
{
    const struct cli_domains_opts *o = &cli_domains_opts;
    const struct seg_batch *b = &t->loop.input.batch;
    int gx = o->patches[0] ? o->patches[0] : (b->w + LARGE / 2) / LARGE;
    int gy = o->patches[1] ? o->patches[1] : (b->h + LARGE / 2) / LARGE;
    struct seg_err e;

    *l = (struct seg_patch_loss){.labels = {.h = b->h,
                                     .w = b->w,
                                     .gy = gy ? gy : 1,
                                     .gx = gx ? gx : 1,
                                     .levels = o->levels,
                                     .classes = b->classes,
                                     .ignore = b->ignore,
                                     .labeled = LABELED},
        .near = o->near,
        .far = o->far,
        .tau = tau,
        .source = b->records,
        .threads = cli.threads,
        .n = features->n,
        .h = features->h,
        .w = features->w,
        .d = features->c};
    cli_check(seg_patch_loss_plan(l, &t->arena, &e), &e);
}

void
cli_domains_fill(
    const struct cli_training *t, float *x, uint8_t *label, uint64_t pass)
{
    const struct seg_batch *b = &t->loop.input.batch;
    const struct seg_batch *c = &t->loop.second.batch;
    int at = (int)(pass % (uint64_t)b->passes);
    size_t floats = seg_batch_floats(b);
    size_t pixels = (size_t)b->records * b->h * b->w;

    memcpy(x, seg_batch_x(b, at), floats * sizeof *x);
    memcpy(x + floats, seg_batch_x(c, at), floats * sizeof *x);
    memcpy(label, seg_batch_label(b, at), pixels);
    memcpy(label + pixels, seg_batch_label(c, at), pixels);
}
