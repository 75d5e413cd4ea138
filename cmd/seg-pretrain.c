/*
 * seg-pretrain: pretraining of embeddings with a contrastive loss.
 *
 * Reads records with two views (image, image.1), or with --loss patch one view
 * of two domains; puts a projection head on the
 * network's backbone and learns embeddings in which pixels of one class, or
 * images that belong together, are close.  The losses are in cmd/train.
 */
#include "cmd/train/contrast.h"
#include "cmd/train/domains.h"
#include "cmd/train/options.h"

#define OPTS cli_contrast_opts

static struct cli_option options[] = {
    CLI_TRAINING_OPTIONS("cosine"),
    {0, "loss", CLI_CHOICE, &OPTS.loss, 0, 0, cli_contrast_losses, 0, NULL,
        "contrastive loss: what is compared with each anchor (cross)"},
    {0, "form", CLI_CHOICE, &OPTS.form, 0, 0, cli_contrast_forms, 0, NULL,
        "loss of the paper or of the released code (paper; local: released)"},
    {0, "tau", CLI_FLOAT, &OPTS.tau, 0.025, 1000, 0, 0, "X",
        "temperature (0.07; local, patch 0.1; image 0.5, object 0.3)"},
    {0, "grid", CLI_WXH, OPTS.grid, 1, 65536, 0, 0, "WxH",
        "pixels that the loss samples in an image (a quarter of its sides)"},
    {0, "pool", CLI_FLOAT, &OPTS.pool, 0, 1, 0, 0, "SHARE",
        "use all features, each with the label of SHARE of its pixels"},
    {0, "stride", CLI_WXH, OPTS.stride, 1, 64, 0, 0, "WxH",
        "local: compare every W-th pixel of a row and H-th of a column"},
    {0, "block", CLI_FLOAT, &OPTS.block, 1, 65536, 0, 0, "SIZE",
        "local: compare the pixels in squares with sides of SIZE (16)"},
    {0, "background", CLI_INT, &OPTS.background, -1, 254, 0, 0, "ID",
        "local: class that is never an anchor, -1: none (0)"},
    {0, "at", CLI_TEXT, &OPTS.at, 0, 0, 0, 0, "NODE",
        "image: node that is averaged over the image (the backbone's last)"},
    {0, "positives", CLI_CHOICE, &OPTS.positives, 0, 0, cli_contrast_positives,
        0, NULL, "image: what belongs together (view)"},
    {0, "parts", CLI_INT, &OPTS.parts, 2, 255, 0, 0, "N",
        "position: equal parts of a volume (4)"},
    {0, "group", CLI_TEXT, &OPTS.group, 0, 0, 0, 0, "PATTERN",
        "position: part of the key that names the volume, as '(*)_*'"},
    {0, "weigh-intensity", CLI_FLAG, &OPTS.weigh, 0, 0, 0, 0, NULL,
        "image: weight of a pair by its intensities in the masks"},
    {0, "head", CLI_CHOICE, &OPTS.head, 0, 0, cli_contrast_heads, 0, NULL,
        "projection head (paper; local: linear)"},
    {0, "layers", CLI_INT, &OPTS.layers, 1, 8, 0, 0, "N",
        "layers of the head (2; paper on pixels 3)"},
    {0, "hidden", CLI_INT, &OPTS.hidden, 1, 65536, 0, 0, "N",
        "channels of the head before the last layer (as --embedding)"},
    {0, "embedding", CLI_INT, &OPTS.embedding, 1, 65536, 0, 0, "N",
        "channels of the embedding (256; local, patch 128)"},
    CLI_DOMAINS_OPTIONS,
    {0, "classes", CLI_INT, &OPTS.classes, 1, 255, 0, 0, "N",
        "number of classes (as the stream names them)"},
    CLI_SEED,
    CLI_OUTPUT_FRESH,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_EXACT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-pretrain",
    .summary = "pretrain embeddings with a contrastive loss",
    .operands = "[FILE]",
    .max_operands = 1,
    .options = options,
    .example =
        "seg-pretrain -m init.st --steps 200 --loss cross views.st -o pre.st",
    .see_also = "seg-augment(1), seg-finetune(1)",
};

int
main(int argc, char **argv)
{
    struct cli_training t = {0};

    cli_training_opts.task = CLI_PRETRAIN;
    cli_training_opts.schedule = SEG_SCHEDULE_COSINE;
    int first = cli_parse(&program, argc, argv);
    cli_contrast_check();
    cli_training_open(&t, first < argc ? argv[first] : NULL);
    cli_contrast_start(&t);
    cli_training_run(&t);
    cli_contrast_end(&t);
    cli_training_write(&t);
    return 0;
}
