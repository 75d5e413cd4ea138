/*
 * seg-plan: settings of a training, from the labeled images and the time that
 * is available.
 *
 * Reads the images once, times a few training steps and a prediction on this
 * machine, and prints variables of make (pipelines/common.mk), each with its
 * reason.  The rules are simple and are in the page.
 */
#include <string.h>
#include <sys/stat.h>

#include "cmd/plan/print.h"

static struct opts {
    const char *weights, *valid;
    struct cli_list predict;
    double minutes, step_seconds;
} opts = {.minutes = 15};

static struct cli_option options[] = {
    {'w', "weights", CLI_TEXT, &opts.weights, 0, 0, 0, 0, "FILE",
        "pretrained weights: a .pth, .onnx, .safetensors or model file"},
    {0, "minutes", CLI_FLOAT, &opts.minutes, 0.01, 1e6, 0, 0, "X",
        "time for training, validation and prediction (15)"},
    {0, "valid", CLI_TEXT, &opts.valid, 0, 0, 0, 0, "FILE",
        "stream of validation images, to include their time"},
    {0, "predict", CLI_LIST, &opts.predict, 0, 0, 0, 0, "FILE",
        "stream of images to predict, to include their time; may be "
        "repeated"},
    {0, "step-seconds", CLI_FLOAT, &opts.step_seconds, 1e-6, 1e6, 0, 0, "X",
        "do not measure: a step of the largest network takes X seconds"},
    CLI_OUTPUT_FRESH,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-plan",
    .summary = "choose the settings of a training",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .example = "seg-plan -w efficientnet-lite0.pth --minutes 15 train.st "
               "-o plan.mk",
    .see_also = "seg-stat(1), seg-check(1), seg-finetune(1)",
};

/* Fails unless the files can be read again, the images here, and those of the
   validation as a prerequisite of make. */
static void
check_files(const char *path, const char *valid)
{
    struct stat st;

    if (!strcmp(path, "-") || (!stat(path, &st) && S_ISFIFO(st.st_mode)))
        cli_usage("%s: FILE is read more than once: it cannot be a pipe", path);
    if (valid &&
        (!strcmp(valid, "-") || strpbrk(valid, " \t\r\n\"'$#\\:;&|<>()*?[]~`")))
        cli_usage("--valid %s: the name becomes a variable of make: expected "
                  "a file, without blanks and signs of the shell",
            valid);
}

static void
add_work(struct cli_work *work, const char *path)
{
    struct cli_survey s;

    cli_survey(&s, path, 0);
    seg_arena_free(&s.arena);
    work->pixels += s.pixels;
    work->sizes += s.sizes;
}

int
main(int argc, char **argv)
{
    struct cli_survey train;
    struct cli_plan plan = {.train = &train};
    int first = cli_parse(&program, argc, argv);

    plan.path = argv[first];
    plan.weights = opts.weights;
    plan.valid = opts.valid;
    plan.minutes = opts.minutes;
    plan.step_seconds = opts.step_seconds;
    check_files(plan.path, plan.valid);
    if (plan.weights && strpbrk(plan.weights, "\r\n"))
        cli_usage("--weights: the name of the file has a line end");
    cli_survey(&train, plan.path, 1);
    if (plan.weights)
        cli_fit(&plan.fit, plan.weights);
    if (opts.valid)
        add_work(&plan.validated, opts.valid);
    for (int i = 0; i < opts.predict.n; i++)
        add_work(&plan.predicted, opts.predict.item[i]);
    cli_decide(&plan);
    if (cli_plan_seconds(&plan) > 72 * plan.minutes)
        cli_warn("%g minutes are not enough: the plan takes %.2g", plan.minutes,
            cli_plan_seconds(&plan) / 60);
    FILE *out = cli_text();
    cli_plan_print(out, &plan);
    cli_close_text(out);
    seg_arena_free(&plan.arena);
    seg_arena_free(&train.arena);
    return 0;
}
