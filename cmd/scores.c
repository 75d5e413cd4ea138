#include <inttypes.h>
#include <math.h>

#include "cmd/scores.h"

static void
put(FILE *f, double x)
{
    if (isnan(x))
        fputs("\t-", f);
    else
        fprintf(f, "\t%.6f", x);
}

static void
put_metric(FILE *f, const char *name, double x)
{
    fputs(name, f);
    put(f, x);
    fputc('\n', f);
}

void
cli_scores(FILE *f, const struct seg_confusion *c, const char *const *names)
{
    struct seg_scores all = seg_score_all(c);

    fputs("class\tiou\tdice\tprecision\trecall\ttruth\tpredicted\n", f);
    for (int i = 0; i < c->classes; i++) {
        struct seg_class_score s = seg_score_class(c, i);

        fputs(names[i], f);
        put(f, s.iou);
        put(f, s.dice);
        put(f, s.precision);
        put(f, s.recall);
        fprintf(f, "\t%" PRIu64 "\t%" PRIu64 "\n", s.truth, s.pred);
    }
    fputs("\nmetric\tvalue\n", f);
    put_metric(f, "miou", all.miou);
    put_metric(f, "mdice", all.mdice);
    put_metric(f, "macc", all.macc);
    put_metric(f, "accuracy", all.accuracy);
    put_metric(f, "fwiou", all.fwiou);
    fprintf(f, "classes\t%d\nimages\t%" PRIu64 "\npixels\t%" PRIu64,
        all.present, c->images, all.pixels);
    fprintf(f, "\nignored\t%" PRIu64 "\n", c->ignored);
}

void
cli_image_titles(FILE *f, int classes, const char *const *names)
{
    fputs("key\tpixels\tignored\tmiou\tmdice\taccuracy", f);
    for (int i = 0; i < classes; i++)
        fprintf(f, "\tiou.%s", names[i]);
    fputc('\n', f);
}

void
cli_image_scores(FILE *f, const struct seg_confusion *c, const char *key)
{
    struct seg_scores all = seg_score_all(c);

    fprintf(f, "%s\t%" PRIu64 "\t%" PRIu64, key, all.pixels, c->ignored);
    put(f, all.miou);
    put(f, all.mdice);
    put(f, all.accuracy);
    for (int i = 0; i < c->classes; i++)
        put(f, seg_score_class(c, i).iou);
    fputc('\n', f);
}
