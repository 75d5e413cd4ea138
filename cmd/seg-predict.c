/*
 * seg-predict: runs a model on images of any size.
 *
 * Each record gives one record with the tensors of --emit and --copy; the label
 * is copied by default, for seg-score.  The result for an image does not depend
 * on other images, so streams can be cut and joined.  The strips of a scene are
 * one image.
 */
#include <string.h>

#include "cmd/cli/numbers.h"
#include "cmd/cli/open_model.h"
#include "cmd/predict/predict.h"
#include "lib/net/head.h"

static const char *const blends[] = {"linear", "hann", "mean", "halo", NULL};
static const char *const flips[] = {"none", "h", "v", "hv", NULL};
static const char *const combinations[] = {"probs", "logits", NULL};

static struct opts {
    const char *model, *emit, *node, *copy, *scales;
    int window[2], overlap, blend; /* width, height, 0: whole images */
    int flip, rotate, combine;
} opts = {.emit = "labels", .copy = "label", .overlap = -1, .scales = "1"};

static struct cli_option options[] = {
    {'m', "model", CLI_TEXT, &opts.model, 0, 0, 0, CLI_REQUIRED, "FILE",
        "the model"},
    {0, "emit", CLI_TEXT, &opts.emit, 0, 0, 0, 0, "LIST",
        "tensors to write: labels, probs, confidence, entropy, margin, "
        "embedding, NODE, TENSOR=NODE (labels)"},
    {0, "node", CLI_TEXT, &opts.node, 0, 0, 0, 0, "NODE",
        "node used as the embedding (the one below the head)"},
    {0, "copy", CLI_TEXT, &opts.copy, 0, 0, 0, 0, "LIST",
        "tensors of the input to copy to the output, or none (label)"},
    {0, "window", CLI_WXH, opts.window, 8, 1 << 16, 0, 0, "WxH",
        "predict in windows of this size (whole images)"},
    {0, "overlap", CLI_INT, &opts.overlap, 0, 1 << 15, 0, 0, "N",
        "overlap of windows in pixels (an eighth of the smaller side)"},
    {0, "blend", CLI_CHOICE, &opts.blend, 0, 0, blends, 0, "HOW",
        "linear, hann or mean in overlaps, or halo: as if whole (linear)"},
    {0, "scales", CLI_TEXT, &opts.scales, 0, 0, 0, 0, "LIST",
        "predict at several scales, as factors (1)"},
    {0, "flip", CLI_CHOICE, &opts.flip, 0, 0, flips, 0, "h|v|hv",
        "predict mirrored too: left-right, up-down, both (none)"},
    {0, "rotate", CLI_FLAG, &opts.rotate, 0, 0, 0, 0, NULL,
        "predict rotated by 90, 180 and 270 degrees too"},
    {0, "combine", CLI_CHOICE, &opts.combine, 0, 0, combinations, 0, "WHAT",
        "average probs or logits of scales, flips, rotations (probs)"},
    CLI_OUTPUT_FRESH,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_EXACT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-predict",
    .summary = "predict labels, probabilities or embeddings of images",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-predict -m model.st --emit labels,probs test.st -o pred.st",
    .see_also = "seg-finetune(1), seg-fuse(1), seg-score(1), seg-export(1)",
};

static void
fail_model(const char *message, const char *name)
{
    cli_fail(SEG_EDATA, "%s: %s%s", opts.model, message, name);
}

/* The embedding is one more node. */
static void
add_embedding(struct cli_predict *k)
{
    struct seg_err e;
    const char *node = opts.node;

    if (!node && !seg_net_remove_head(&k->arena, seg_net_text(k->model.net),
                     opts.model, &node, &e))
        cli_die(&e);
    if (!seg_net_value(k->model.net, node))
        fail_model("no node ", node);
    cli_nodes_add(&k->nodes, "embedding");
    k->nodes.node[k->nodes.n - 1] = node;
}

static void
open_model(struct cli_predict *k)
{
    struct seg_err e;
    struct seg_record rec = {0};
    struct seg_model *m = &k->model;
    struct seg_predictor *p = &k->predictor;

    cli_close_reader(cli_model(m, &rec, opts.model));
    seg_record_free(&rec);
    *p = (struct seg_predictor){.net = m->net,
        .threads = cli.threads,
        .exact = cli.exact,
        .mem_limit = cli.mem_limit};
    cli_check(seg_normalize_start(
                  &p->normalize, &k->arena, m->channels, &m->normalize, &e),
        &e);
    const struct seg_step *top =
        seg_net_step(m->net, seg_net_steps(m->net) - 1);
    k->classes = top->out->c;
    if (k->emit & CLI_OF_PIXELS && seg_net_ends_in_projection(m->net))
        fail_model("no classifier (--emit embedding writes embeddings): the "
                   "last node is ",
            top->name);
    cli_nodes_check(&k->nodes, m->net, opts.model, cli_emit_words);
    if (k->emit & CLI_EMBEDDING)
        add_embedding(k);
    if (k->nodes.n)
        cli_nodes_keep(&k->nodes, p, !(k->emit & CLI_OF_PIXELS));
}

static void
set_windows(struct seg_windows *q, struct seg_predictor *p)
{
    int w = opts.window[0], h = opts.window[1], less = w < h ? w : h;

    *q = (struct seg_windows){.predictor = p,
        .size = {h, w},
        .overlap = opts.overlap < 0 ? less / 8 : opts.overlap,
        .blend = (enum seg_blend)opts.blend};
    if (!w && (opts.overlap >= 0 || opts.blend))
        cli_usage("--overlap and --blend require --window");
    if (opts.overlap >= 0 && q->blend == SEG_BLEND_HALO)
        cli_usage("--blend halo excludes --overlap: the receptive field of the "
                  "network determines it");
    if (q->overlap > less / 2)
        cli_usage("--overlap %d is more than half of a window of %dx%d",
            q->overlap, w, h);
}

static void
set_views(struct cli_predict *k)
{
    struct seg_tta *v = &k->tta;

    *v = (struct seg_tta){
        .orientations = seg_tta_orientations(opts.flip, opts.rotate),
        .of_scores = opts.combine,
        .threads = cli.threads,
        .mem_limit = cli.mem_limit};
    v->scales =
        cli_numbers(v->scale, SEG_SCALES, opts.scales, "scales", 0.1, 10);
    if ((k->emit & CLI_EMBEDDING || k->nodes.n) &&
        (!seg_tta_plain(v) || opts.window[0]))
        cli_usage("--emit %s excludes --window, --scales, --flip and --rotate",
            k->emit & CLI_EMBEDDING ? "embedding" : k->nodes.node[0]);
    if (cli_nodes_replace_image(&k->nodes) &&
        (k->emit & CLI_OF_PIXELS || cli_listed(opts.copy, "image")))
        cli_usage("--emit image=NODE excludes --copy image and outputs of the "
                  "size of the image");
    if (!seg_tta_plain(v))
        cli_note("%d copies of each image: %.3g times the work of one",
            seg_tta_count(v), seg_tta_cost(v));
}

/* Consecutive small images of one size are predicted together. */
static void
predict_all(struct cli_predict *k, struct cli_inputs *files)
{
    static struct cli_request in[CLI_BATCH + 1];
    struct cli_progress bar = {0};
    uint64_t done = 0;
    int n = 0;

    while (cli_next(files, &in[n].rec)) {
        in[n].file = seg_reader_name(files->reader);
        if (n && !cli_predict_same_size(&in[0].rec, &in[n].rec)) {
            struct cli_request next = in[n];

            cli_predict_records(k, in, n);
            in[n] = in[0];
            in[0] = next;
            n = 0;
        }
        if (++n == cli_predict_batch_size(k, &in[0].rec)) {
            cli_predict_records(k, in, n);
            n = 0;
        }
        cli_progress(&bar, "images", ++done, 0, NULL);
    }
    if (n)
        cli_predict_records(k, in, n);
    cli_progress_end(&bar);
    for (int i = 0; i <= CLI_BATCH; i++)
        seg_record_free(&in[i].rec);
}

int
main(int argc, char **argv)
{
    struct cli_predict k = {0};
    struct cli_inputs files;

    int first = cli_parse(&program, argc, argv);
    k.emit = cli_emit_parse(&k.nodes, opts.emit);
    k.keep = opts.copy;
    k.model_name = opts.model;
    set_windows(&k.windows, &k.predictor);
    set_views(&k);
    open_model(&k);
    cli_inputs(&files, argc, argv, first);
    k.out = cli_writer();
    predict_all(&k, &files);
    cli_predict_end(&k);
    cli_close_writer(k.out);
    return 0;
}
