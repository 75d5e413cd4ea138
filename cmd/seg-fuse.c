/*
 * seg-fuse: combines predictions of several networks, of overlapping patches or
 * of single objects.
 *
 * Records with the same key in several streams are fused, in the order of the
 * first stream; the others may have another order.  With --stitch the patches
 * of one stream are joined to images.
 */
#include "cmd/cli/numbers.h"
#include "cmd/predict/fuser.h"
#include "cmd/predict/onto.h"
#include "cmd/predict/stitch.h"
#include "formats/stream/keyed.h"

static const char *const methods[] = {"mean", "majority", "objects", NULL};

enum { MAX_STREAMS = 64 };

static struct opts {
    const char *emit, *copy, *weights, *onto;
    int method, stitch, taper, classes;
} opts = {.emit = "labels"};

static struct cli_option options[] = {
    {0, "method", CLI_CHOICE, &opts.method, 0, 0, methods, 0, "METHOD",
        "mean of probs, majority of pred, or objects, one a stream (mean)"},
    {0, "stream-weights", CLI_TEXT, &opts.weights, 0, 0, 0, 0, "LIST",
        "weight of each stream, comma-separated (all equal)"},
    {0, "stitch", CLI_FLAG, &opts.stitch, 0, 0, 0, 0, NULL,
        "join the patches of a stream to images"},
    {0, "taper", CLI_FLAG, &opts.taper, 0, 0, 0, 0, NULL,
        "with --stitch: weigh pixels less the closer they are to the edge"},
    {0, "onto", CLI_TEXT, &opts.onto, 0, 0, 0, 0, "FILE",
        "with --method objects: fuse patches of objects of the images in FILE"},
    {0, "classes", CLI_INT, &opts.classes, 1, 255, 0, 0, "N",
        "number of classes for majority (as the data name them)"},
    {0, "emit", CLI_TEXT, &opts.emit, 0, 0, 0, 0, "LIST",
        "tensors to write: labels, probs, confidence, entropy, margin "
        "(labels)"},
    {0, "copy", CLI_TEXT, &opts.copy, 0, 0, 0, 0, "LIST",
        "tensors of the input to copy to the output, or none (label)"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-fuse",
    .summary = "combine several predictions into one",
    .operands = "[FILE ...]",
    .max_operands = MAX_STREAMS,
    .options = options,
    .example = "seg-fuse --emit labels,entropy 1.st 2.st -o fused.st",
    .see_also = "seg-predict(1), seg-score(1)",
};

struct stream {
    struct seg_reader *reader;
    struct seg_keyed keyed;
    struct seg_fuse_weight weight;
};

struct work {
    struct stream stream[MAX_STREAMS];
    int n;
    struct cli_fuser fuser;
};

static void
read_weights(struct work *k)
{
    double weight[MAX_STREAMS];

    for (int i = 0; i < k->n; i++)
        weight[i] = opts.weights ? 0 : 1;
    if (opts.weights)
        cli_numbers(weight, k->n, opts.weights, "stream-weights", 0, 1e6);
    for (int i = 0; i < k->n; i++) {
        if (weight[i] == 0)
            cli_usage(
                "--stream-weights %s: %d numbers above 0", opts.weights, k->n);
        k->stream[i].weight =
            (struct seg_fuse_weight){.weight = weight[i], .taper = opts.taper};
    }
}

static void
fuse_streams(struct work *k)
{
    struct seg_record first = {0}, rec = {0};
    struct stream *s = k->stream;
    struct seg_err e;
    char where[600];

    for (int i = 1; i < k->n; i++)
        cli_check(seg_keyed_open(&s[i].keyed, s[i].reader, &e), &e);
    while (cli_check(seg_reader_next(s->reader, &first, &e), &e)) {
        const struct seg_tensor *t = cli_fuser_tensor(
            &k->fuser, &first, seg_reader_name(s->reader), where);
        struct seg_window all = {.h = (int)t->shape[0], .w = (int)t->shape[1]};
        struct cli_pending *a =
            cli_fuser_begin(&k->fuser, &first, t, all.h, all.w, where);

        cli_fuser_add(&k->fuser, t, &all, &s->weight, 1, where);
        for (int i = 1; i < k->n; i++) {
            cli_check(
                seg_keyed_find(&s[i].keyed, seg_record_key(&first), &rec, &e),
                &e);
            t = cli_fuser_tensor(
                &k->fuser, &rec, seg_reader_name(s[i].reader), where);
            cli_fuser_add(&k->fuser, t, &all, &s[i].weight, i + 1, where);
        }
        cli_fuser_end(&k->fuser, a, where);
    }
    for (int i = 1; i < k->n; i++) {
        cli_check(seg_keyed_all_found(&s[i].keyed, &e), &e);
        seg_keyed_free(&s[i].keyed);
    }
    seg_record_free(&first);
    seg_record_free(&rec);
}

/* Joins the patches of each image, which are consecutive records. */
static void
stitch(struct work *k)
{
    struct seg_record rec = {0};
    struct cli_patches p;
    char where[600];
    int h, w;

    cli_patches_open(&p, k->stream->reader, 0);
    for (size_t i = 0, n; i < p.n; i += n) {
        struct cli_pending *a = NULL;

        n = cli_patches_image(&p, i, &h, &w);
        for (size_t j = i; j < i + n; j++) {
            cli_patches_read(&p, j, &rec);
            const struct seg_tensor *t = cli_fuser_tensor(
                &k->fuser, &rec, seg_reader_name(p.reader), where);
            if (!a)
                a = cli_fuser_begin(&k->fuser, &rec, t, h, w, where);
            cli_fuser_add(
                &k->fuser, t, &p.patch[j].window, &k->stream->weight, 0, where);
            cli_patches_label(&p, j, &rec, &a->rec, h, w);
        }
        cli_patches_describe(&p, i, &a->rec);
        cli_fuser_end(&k->fuser, a, where);
    }
    cli_patches_close(&p);
    seg_record_free(&rec);
}

static void
fuse_onto(struct work *k)
{
    struct seg_reader *images = cli_reader(opts.onto);

    cli_fuse_onto(&k->fuser, k->stream->reader, images);
    cli_close_reader(images);
}

int
main(int argc, char **argv)
{
    struct work k = {0};
    int first = cli_parse(&program, argc, argv);
    int emit = cli_emit_parse(NULL, opts.emit),
        objects = opts.method == CLI_FUSE_OBJECTS,
        copies = !opts.stitch && (!objects || opts.onto);

    k.n = argc > first ? argc - first : 1;
    if (emit & CLI_EMBEDDING)
        cli_usage("embeddings cannot be fused");
    if (opts.stitch && (k.n > 1 || objects || opts.weights))
        cli_usage("--stitch requires one stream, --method mean or majority, "
                  "and no --stream-weights");
    if (opts.taper && !opts.stitch)
        cli_usage("--taper requires --stitch");
    if (objects && opts.weights)
        cli_usage("--method objects excludes --stream-weights");
    if (opts.onto && (!objects || k.n > 1))
        cli_usage("--onto requires --method objects and one stream");
    if (opts.copy && !copies)
        cli_usage("--copy excludes --stitch, and --method objects without "
                  "--onto");
    read_weights(&k);
    for (int i = 0; i < k.n; i++)
        k.stream[i].reader = cli_reader(argv[first + i]); /* NULL: stdin */
    k.fuser = (struct cli_fuser){.method = (enum cli_fuse_method)opts.method,
        .objects = k.n,
        .classes = opts.classes,
        .copy = copies ? opts.copy ? opts.copy : "label" : NULL,
        .emit = emit,
        .out = cli_writer()};
    if (opts.onto)
        fuse_onto(&k);
    else if (opts.stitch)
        stitch(&k);
    else
        fuse_streams(&k);
    for (int i = 0; i < k.n; i++)
        cli_close_reader(k.stream[i].reader);
    cli_close_writer(k.fuser.out);
    cli_fuser_free(&k.fuser);
    return 0;
}
