/*
 * seg-post: corrections of predicted classes that need no training.
 *
 * The steps run in one order: majority filter, small components, holes, largest
 * component, numbers of objects.  Each works on a whole image, so patches are
 * put together first (seg-fuse --stitch).
 */
#include <limits.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "lib/label/labelmap.h"
#include "lib/post/post.h"

static const char *const connectivities[] = {"4", "8", NULL};

static struct opts {
    int majority, min_size, max_hole, largest, instances, background;
    int connectivity;
} opts;

static struct cli_option options[] = {
    {0, "majority", CLI_INT, &opts.majority, 1, 1000, 0, 0, "N",
        "most frequent class within N pixels to each side"},
    {0, "min-size", CLI_INT, &opts.min_size, 1, INT_MAX, 0, 0, "N",
        "components of fewer than N pixels take the class around them"},
    {0, "max-hole", CLI_INT, &opts.max_hole, 1, INT_MAX, 0, 0, "N",
        "fill holes of up to N pixels in an object"},
    {0, "largest", CLI_FLAG, &opts.largest, 0, 0, 0, 0, NULL,
        "keep only the largest component of each class"},
    {0, "instances", CLI_FLAG, &opts.instances, 0, 0, 0, 0, NULL,
        "add the tensor instance: components numbered from 1"},
    {0, "background", CLI_INT, &opts.background, 0, SEG_CLASSES - 1, 0, 0, "ID",
        "class that is no object (0)"},
    {0, "connectivity", CLI_CHOICE, &opts.connectivity, 0, 0, connectivities, 0,
        NULL, "pixels touch at 4 sides, or at 8 sides and corners (4)"},
    CLI_OUTPUT,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-post",
    .summary = "correct predicted classes",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-post --min-size 20 --max-hole 50 pred.st -o objects.st",
    .see_also = "seg-fuse(1), seg-predict(1), seg-score(1)",
};

/* Pixels that each step changed, over all records. */
static struct changes {
    long pixels, majority, min_size, holes, largest, objects;
} changes;

static enum seg_connectivity
connectivity(void)
{
    return opts.connectivity ? SEG_CONNECT_8 : SEG_CONNECT_4;
}

/* The number of changed pixels; exits on failure. */
static long
changed(long n, const struct seg_err *e)
{
    cli_check(n < 0 ? -1 : 0, e);
    return n;
}

static void
add_instances(struct seg_record *rec, const struct seg_label_image *image,
    struct seg_arena *a)
{
    size_t shape[] = {(size_t)image->h, (size_t)image->w};
    struct seg_err e;
    struct seg_tensor *t =
        cli_need(seg_record_add(rec, "instance", SEG_U32, 2, shape, &e), &e);

    changes.objects += changed(seg_post_instances(t->data, image,
                                   opts.background, connectivity(), a, &e),
        &e);
}

static void
correct(struct seg_record *rec, const struct seg_label_image *image,
    struct seg_arena *a)
{
    struct seg_err e;

    if (opts.majority)
        changes.majority +=
            changed(seg_post_majority(image, opts.majority, a, &e), &e);
    if (opts.min_size)
        changes.min_size += changed(
            seg_post_min_size(image, opts.min_size, connectivity(), a, &e), &e);
    if (opts.max_hole)
        changes.holes += changed(seg_post_fill_holes(image, opts.max_hole,
                                     opts.background, connectivity(), a, &e),
            &e);
    if (opts.largest)
        changes.largest += changed(
            seg_post_largest(image, opts.background, connectivity(), a, &e),
            &e);
    if (opts.instances)
        add_instances(rec, image, a);
    changes.pixels += (long)image->h * image->w;
}

/* The record with a copy of pred that may be changed. */
static struct seg_label_image
copy_record(struct seg_record *out, const struct seg_record *rec)
{
    const struct seg_tensor *pred = seg_record_find(rec, "pred");
    struct seg_err e;
    char shape[200];

    if (!pred)
        cli_fail(SEG_EDATA, "%s: no tensor pred", seg_record_name(rec));
    if (pred->type != SEG_U8 || pred->rank != 2 || !pred->bytes ||
        pred->bytes > INT_MAX)
        cli_fail(SEG_EDATA, "%s: pred is %s, not [H,W] u8 of 1 to 2^31 - 1",
            seg_record_name(rec),
            seg_tensor_describe(shape, sizeof shape, pred));
    seg_record_clear(out);
    cli_check(seg_record_inherit(out, rec, &e), &e);
    for (int i = 0; i < rec->ntensors; i++)
        cli_need(seg_record_borrow(out, rec->tensors + i, &e), &e);
    struct seg_tensor *copy =
        cli_need(seg_record_add(out, "pred", SEG_U8, 2, pred->shape, &e), &e);
    memcpy(copy->data, pred->data, pred->bytes);
    return (struct seg_label_image){
        copy->data, (int)pred->shape[0], (int)pred->shape[1]};
}

static void
report(void)
{
    if (opts.majority)
        cli_note("majority filter: %ld of %ld pixels changed", changes.majority,
            changes.pixels);
    if (opts.min_size)
        cli_note("small components: %ld of %ld pixels changed",
            changes.min_size, changes.pixels);
    if (opts.max_hole)
        cli_note(
            "holes: %ld of %ld pixels changed", changes.holes, changes.pixels);
    if (opts.largest)
        cli_note("largest component: %ld of %ld pixels changed",
            changes.largest, changes.pixels);
    if (opts.instances)
        cli_note("%ld objects", changes.objects);
}

int
main(int argc, char **argv)
{
    struct cli_inputs in;
    struct seg_record rec = {0}, out = {0};
    struct seg_arena arena = {.limit = 0};
    int first = cli_parse(&program, argc, argv);

    if (!opts.majority && !opts.min_size && !opts.max_hole && !opts.largest &&
        !opts.instances)
        cli_usage("nothing to do: give --majority, --min-size, --max-hole, "
                  "--largest or --instances");
    arena.limit = cli.mem_limit;
    cli_inputs(&in, argc, argv, first);
    struct seg_writer *w = cli_writer();
    while (cli_next(&in, &rec)) {
        struct seg_label_image image = copy_record(&out, &rec);
        seg_arena_reset(&arena);
        correct(&out, &image, &arena);
        cli_put(w, &out);
    }
    cli_close_writer(w);
    report();
    seg_record_free(&rec);
    seg_record_free(&out);
    seg_arena_free(&arena);
    return 0;
}
