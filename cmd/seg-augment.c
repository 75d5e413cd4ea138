/*
 * seg-augment: random gamma, color jitter, blur, noise, cutout and mixing.
 *
 * Geometry stays as it is, and labels too unless two records are mixed.  Masks
 * among the channels (seg.mask) are not changed.  The
 * random numbers depend on the seed, the key and a number: that of the patch
 * (seg.draw, from seg-sample) or else the count of earlier records with this
 * key.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/augment/options.h"
#include "cmd/cli/cli.h"
#include "lib/dataset/key_counter.h"
#include "lib/dataset/mix.h"
#include "lib/image/mask.h"
#include "lib/label/same_classes.h"

static struct opts {
    double mix[2]; /* probability of CutMix, of ClassMix */
    int views, first_too;
} opts = {.views = 1};

static const struct seg_augment *how;

static struct cli_option options[] = {
    CLI_CHANGE_OPTIONS,
    {0, "cutmix", CLI_FLOAT, &opts.mix[SEG_CUTMIX], 0, 1, NULL, 0, "P",
        "probability of pasting a rectangle of the record before (0)"},
    {0, "classmix", CLI_FLOAT, &opts.mix[SEG_CLASSMIX], 0, 1, NULL, 0, "P",
        "probability of pasting half of the classes of that record (0)"},
    {0, "views", CLI_INT, &opts.views, 1, 2, NULL, 0, "N",
        "2: keep image and add an augmented view, image.1 (1)"},
    {0, "first-too", CLI_FLAG, &opts.first_too, 0, 0, NULL, 0, NULL,
        "with --views 2: augment image as well, independently"},
    CLI_SEED,
    CLI_OUTPUT,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-augment",
    .summary = "make augmented views of images",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-augment --views 2 --color 0.5 -s 1 patches.st -o views.st",
    .see_also = "seg-sample(1), seg-pretrain(1), seg-finetune(1)",
};

/* A number that differs between records with the same key. */
static uint64_t
draw_number(const struct seg_record *rec, struct seg_key_counter *keys)
{
    const char *draw = seg_record_meta(rec, "seg.draw");
    uint64_t n;
    struct seg_err e;

    if (draw && *draw >= '0' && *draw <= '9')
        return strtoull(draw, NULL, 10);
    cli_check(seg_key_counter_add(keys, seg_record_key(rec), &n, &e), &e);
    return n;
}

/* Adds an augmented copy of t named `name`. */
static void
add_view(struct seg_record *out, const char *name, const struct seg_tensor *t,
    uint64_t index, struct seg_arena *scratch)
{
    struct seg_nodata nodata;
    struct seg_err e;
    int masks;
    struct seg_tensor *copy =
        cli_need(seg_record_add(out, name, t->type, t->rank, t->shape, &e), &e);

    memcpy(copy->data, t->data, t->bytes);
    seg_arena_reset(scratch);
    cli_check(seg_nodata_get(&nodata, out, &e), &e);
    cli_check(seg_mask_bands(&masks, out, copy, &e), &e);
    cli_check(seg_augment_bands(copy, seg_tensor_bands(copy) - (size_t)masks,
                  how, &nodata, seg_record_key(out), index, scratch, &e),
        &e);
}

/* Mixes out with the record before, or leaves it. */
static void
mix(struct seg_record *out, const struct seg_record *before, uint64_t draw)
{
    struct seg_rng r = seg_rng_make(cli.seed, seg_record_key(out), "mix", draw);
    double chance = seg_rng_unit(&r);
    struct seg_err e;

    if (seg_record_meta(out, "seg.mask"))
        cli_fail(SEG_EDATA, "%s: images with masks (seg.mask) cannot be mixed",
            seg_record_name(out));
    if (chance < opts.mix[SEG_CUTMIX] + opts.mix[SEG_CLASSMIX])
        cli_check(seg_mix_apply(out, before,
                      chance < opts.mix[SEG_CUTMIX] ? SEG_CUTMIX : SEG_CLASSMIX,
                      &r, &e),
            &e);
}

static void
augment(struct seg_record *out, const struct seg_record *rec,
    const struct seg_record *before, uint64_t draw, struct seg_arena *scratch)
{
    struct seg_err e;

    seg_record_clear(out);
    cli_check(seg_record_inherit(out, rec, &e), &e);
    for (int i = 0; i < rec->ntensors; i++)
        cli_need(seg_record_borrow(out, rec->tensors + i, &e), &e);
    if (before)
        mix(out, before, draw);
    const struct seg_tensor *found = seg_record_find(out, "image");
    if (!found)
        cli_fail(SEG_EDATA, "%s: no tensor image", seg_record_name(rec));
    const struct seg_tensor image = *found; /* add_view moves the list */
    found = seg_record_find(out, "image.1");
    const struct seg_tensor second = found ? *found : image;
    if (found && opts.views == 2)
        cli_fail(SEG_EDATA, "%s: --views 2: it has a second view, image.1",
            seg_record_name(rec));
    if (opts.views == 1 || opts.first_too)
        add_view(out, "image", &image, 2 * draw, scratch);
    if (opts.views == 2 || found)
        add_view(out, "image.1", &second, 2 * draw + 1, scratch);
}

/* A copy with data of its own; those of rec may belong to a file that is closed
   before the next record. */
static void
copy(struct seg_record *to, const struct seg_record *rec)
{
    struct seg_err e;

    seg_record_clear(to);
    cli_check(seg_record_inherit(to, rec, &e), &e);
    for (int i = 0; i < rec->ntensors; i++) {
        const struct seg_tensor *t = rec->tensors + i;
        struct seg_tensor *own = cli_need(
            seg_record_add(to, t->name, t->type, t->rank, t->shape, &e), &e);

        if (t->bytes)
            memcpy(own->data, t->data, t->bytes);
    }
}

static void
augment_all(struct cli_inputs *in, struct seg_writer *w)
{
    struct seg_record rec = {0}, before = {0}, out = {0};
    struct seg_arena scratch = {0}, names = {0};
    struct seg_key_counter seen = {0};
    struct seg_known_classes known = {.arena = &names};
    struct seg_err e;
    int mixes = opts.mix[0] + opts.mix[1] > 0;

    for (uint64_t i = 0; cli_next(in, &rec); i++) {
        if (mixes)
            cli_check(seg_known_classes_check(
                          &known, &rec, seg_record_name(&rec), &e),
                &e);
        augment(&out, &rec, mixes && i ? &before : NULL,
            draw_number(&rec, &seen), &scratch);
        cli_put(w, &out);
        if (mixes)
            copy(&before, &rec);
    }
    seg_record_free(&rec);
    seg_record_free(&before);
    seg_arena_free(&names);
    seg_record_free(&out);
    seg_arena_free(&scratch);
    seg_key_counter_free(&seen);
}

int
main(int argc, char **argv)
{
    struct cli_inputs in;
    int first = cli_parse(&program, argc, argv);

    if (opts.first_too && opts.views != 2)
        cli_usage("--first-too requires --views 2");
    if (opts.mix[SEG_CUTMIX] + opts.mix[SEG_CLASSMIX] > 1)
        cli_usage("--cutmix and --classmix: their sum is above 1");
    how = cli_change_settings();
    cli_inputs(&in, argc, argv, first);
    struct seg_writer *out = cli_writer();
    augment_all(&in, out);
    cli_close_writer(out);
    return 0;
}
