#include <string.h>

#include "cmd/train/defaults.h"
#include "cmd/train/options.h"
#include "lib/train/optim.h"
#include "lib/train/schedule.h"

/* The first row of a task is the default; the second one says what holds if
   --optimizer names another optimizer.  They were chosen for random and for
   trained weights, and are the same for both. */
static const struct start {
    enum cli_training_task task;
    enum seg_optimizer optimizer;
    double lr, clip;
    int warmup;
} starts[] = {
    {CLI_FINETUNE, SEG_SGD, 0.15, 1, 0},
    {CLI_FINETUNE, SEG_ADAMW, 0.001, 0, 0},
    /* without clipping all embeddings collapse in the first steps */
    {CLI_PRETRAIN, SEG_SGD, 0.1, 1, 0},
    {CLI_PRETRAIN, SEG_ADAMW, 0.001, 1, 0},
    {CLI_ADAPT, SEG_SGD, 0.003, 1, 0},
    {CLI_ADAPT, SEG_ADAMW, 0.0001, 1, 0},
};

/* Does the line of history begin with this program? */
static int
runs(const char *line, const char *program)
{
    size_t n = strlen(program);

    return !strncmp(line, program, n) && line[n] == ' ';
}

/* The last -w in a line of n bytes; NULL: there is none. */
static const char *
find_weights(const char *line, size_t n)
{
    const char *found = NULL;

    for (size_t i = 0; i + 4 < n; i++)
        if (!strncmp(line + i, " -w ", 4))
            found = line + i + 4;
    return found;
}

/* Says where the weights of a model come from, by the history of its stream. */
static void
find_origin(char *text, size_t size, const char *history)
{
    int n;

    snprintf(text, size, "weights of unknown origin");
    for (const char *line = history; *line; line += n + (line[n] == '\n')) {
        n = (int)strcspn(line, "\n");
        const char *file = find_weights(line, (size_t)n);

        if (runs(line, "seg-init") && file) {
            /* commands on FILE come before in the history */
            snprintf(text, size, "the weights of %.*s",
                (int)strcspn(file, " \n"), file);
        } else if (runs(line, "seg-init")) {
            snprintf(text, size, "random weights");
        } else if (runs(line, "seg-finetune")) {
            snprintf(text, size, "the weights of seg-finetune");
        } else if (runs(line, "seg-pretrain")) {
            snprintf(text, size, "the weights of seg-pretrain");
        } else if (runs(line, "seg-adapt")) {
            snprintf(text, size, "the weights of seg-adapt");
        }
    }
}

static const struct start *
find_start(void)
{
    const struct cli_training_opts *o = &cli_training_opts;
    const struct start *s = starts;

    while (s->task != o->task ||
           (o->optimizer >= 0 && (int)s->optimizer != o->optimizer))
        s++;
    return s;
}

void
cli_training_defaults(struct cli_training *t)
{
    struct cli_training_opts *o = &cli_training_opts;
    const struct start *s = find_start();

    find_origin(t->origin, sizeof t->origin, seg_reader_history(t->models));
    o->optimizer = s->optimizer;
    o->lr = o->lr < 0 ? s->lr : o->lr;
    o->clip = o->clip < 0 ? s->clip : o->clip;
    if (o->warmup < 0)
        o->warmup = o->schedule == SEG_SCHEDULE_ONECYCLE ? 0 : s->warmup;
    snprintf(t->settings, sizeof t->settings, "%s, lr %g, clip %g, warm-up %d",
        cli_training_optimizers[o->optimizer], o->lr, o->clip, o->warmup);
}
