#include "cmd/train/class_weights.h"
#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "formats/table/stats.h"
#include "lib/label/same_classes.h"

const char *const cli_class_weights_names[] = {
    "none", "inverse", "median", "effective", NULL};

static void
read_table(struct seg_stat *s, struct cli_training *t, const char *path)
{
    struct seg_err e;
    const char *names;
    int classes = t->loop.input.batch.classes;
    const char *text = cli_read_text(&t->arena, path);

    cli_check(seg_stats_parse(s, &t->arena, text, path, &e), &e);
    if (s->classes != classes)
        cli_fail(SEG_EDATA, "%s: %d classes, the input has %d", path,
            s->classes, classes);
    cli_check(seg_stat_list(&names, s, &e) ||
                      seg_classes_compare(names,
                          seg_record_meta(&t->loop.input.rec, "seg.classes"),
                          path, "in the input", &e)
                  ? -1
                  : 0,
        &e);
}

const float *
cli_class_weights(
    struct cli_training *t, enum cli_weights kind, const char *path)
{
    struct seg_err e;
    struct seg_stat stat;
    double wide[SEG_STAT_CLASSES];

    if (kind == CLI_WEIGHTS_NONE)
        return NULL;
    if (!path)
        cli_usage("--class-weights requires --stat FILE");
    read_table(&stat, t, path);
    if (kind == CLI_WEIGHTS_INVERSE)
        seg_stat_inverse(wide, &stat);
    else if (kind == CLI_WEIGHTS_MEDIAN)
        seg_stat_median(wide, &stat);
    else
        seg_stat_effective(wide, &stat);
    float *weight = cli_need(
        seg_take(&t->arena, (size_t)stat.classes, sizeof *weight, &e), &e);
    for (int i = 0; i < stat.classes; i++)
        weight[i] = (float)wide[i];
    return weight;
}
