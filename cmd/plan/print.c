#include <math.h>
#include <string.h>

#include "cmd/plan/print.h"

/* A word for the shell, and then for make: $ and # have a meaning there. */
static const char *
quoted(struct cli_plan *p, const char *word)
{
    struct seg_err e;
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "abcdefghijklmnopqrstuvwxyz0123456789_./,:=+@%-";
    char *text = cli_need(seg_take(&p->arena, 4 * strlen(word) + 3, 1, &e), &e);
    char *to = text;

    if (!word[strspn(word, plain)])
        return word;
    *to++ = '\'';
    for (; *word; word++) {
        if (*word == '\'')
            to += sprintf(to, "'\\''");
        else
            to += sprintf(to, "%s%c",
                *word == '$'   ? "$"
                : *word == '#' ? "\\"
                               : "",
                *word);
    }
    *to = '\'';
    return text;
}

static void
print_data(FILE *out, const struct cli_plan *p)
{
    const struct cli_survey *s = p->train;
    const struct seg_stat_class *c = s->stat.class + s->rarest;
    char type[60];
    struct seg_tensor t = {.type = s->type,
        .rank = 3,
        .shape = {(size_t)s->h, (size_t)s->w, (size_t)s->stat.bands}};

    fprintf(out, "# %s: %d labeled images, typically %s, %d classes\n",
        cli_shown(s->name, ""), s->images,
        seg_tensor_describe(type, sizeof type, &t), s->classes);
    if (c->name)
        fprintf(out, "# the rarest class is %s: ", c->name);
    else
        fprintf(out, "# the rarest class is %d: ", s->rarest);
    fprintf(out, "%.2g %% of the pixels, in %d images\n", 100 * s->share,
        (int)c->images);
}

static void
print_time(FILE *out, const struct cli_plan *p)
{
    const struct cli_trial *t = &p->trial;

    fprintf(out, "# expected: %.3g minutes: training %.3g, ",
        cli_plan_seconds(p) / 60, cli_plan_training(p) / 60);
    fprintf(out, "validation %.2g, prediction %.2g\n",
        p->validations * p->validation / 60, p->after / 60);
    fprintf(out, "# a training step takes %.3g s%s and its patches %.2g s\n",
        t->step, p->step_seconds > 0 ? " (as given)" : "", t->patches);
    fprintf(
        out, "# the training needs %.0f MiB\n", (double)t->bytes / (1 << 20));
}

static void
print_network(FILE *out, struct cli_plan *p)
{
    const struct cli_survey *s = p->train;
    int photos = s->type == SEG_U8 && s->stat.bands == 3;
    int ranged = s->by_image && s->type != SEG_U8;

    if (p->weights)
        fprintf(out, "\n# %d weights of the file fit this network\n",
            p->fit.loaded);
    else
        fprintf(out,
            "\n# no weights are given: the widest U-Net that is fast enough\n");
    fprintf(out, "NET ?= %s\n", p->net);
    if (!p->weights)
        fprintf(out, "# random weights\n");
    fprintf(out, "INIT ?=");
    if (p->weights) {
        fprintf(out, " --lenient -w %s", quoted(p, p->weights));
        if (*p->fit.prefix)
            fprintf(out, " --add-prefix %s", p->fit.prefix);
        if (s->stat.bands != 3)
            fprintf(out, " --bands %d", s->stat.bands);
    }
    fprintf(out, "%s\n", ranged ? " --normalize range" : "");
    if (ranged)
        fprintf(out, "# the images have statistics of their own "
                     "(seg-import --intensity)\n");
    else if (photos && p->weights)
        fprintf(out, "# the weights expect the mean of ImageNet's images\n");
    else
        fprintf(out, "# normalization by the statistics of these images\n");
    fprintf(out, "STAT ?=%s\n", ranged || (photos && p->weights) ? "" : " yes");
    if (!ranged && s->type != SEG_U8 && s->spread > 8)
        fprintf(out,
            "# The values of some images spread %.0f times as far as those of "
            "others: if\n# units differ, import with --intensity.\n",
            s->spread);
}

static void
print_patches(FILE *out, const struct cli_plan *p)
{
    const struct cli_trial *t = &p->trial;
    const struct cli_survey *s = p->train;
    double shown = (double)t->crop_h * t->crop_w / ((double)s->h * s->w);

    fprintf(out, "\n# multiples of 32 up to 256: %.0f %% of a typical image\n",
        100 * fmin(1, shown));
    if (shown < 0.1)
        fprintf(out,
            "# Patches show little of an image: if objects are larger, "
            "import with a --size.\n");
    fprintf(out, "CROP ?= %dx%d\n", t->crop_w, t->crop_h);
    fprintf(out, "%s\nBATCH ?= %d\n",
        t->batch < 8 ? "# as many as --mem-limit allows" : "# as usual",
        t->batch);
    fprintf(out,
        "# Mirrored left-right only: most images allow that.  Images from "
        "above and of\n# microscopes also allow --flip hv.\n"
        "SAMPLE ?= --scale 0.75,1.5 --flip h%s\n",
        s->by_image && s->type != SEG_U8 ? " --intensity" : "");
    if (p->color > 0)
        fprintf(out, "# 8-bit images: brightness and color vary a little\n");
    else
        fprintf(out, "# values may be measurements: they do not change\n");
    fprintf(out, "AUGMENT ?=");
    if (p->color > 0)
        fprintf(out, " --color %g", p->color);
    fputc('\n', out);
}

static void
print_training(FILE *out, struct cli_plan *p)
{
    fprintf(out, "\n# %s\n",
        p->limited ? "1,000, or 200 patches of each image: more rarely help"
                   : "as many as the time allows");
    fprintf(out, "STEPS ?= %d\n", p->steps);
    fprintf(
        out, "# rate, clipping: those that seg-finetune chooses\nFINETUNE ?=");
    if (p->validations)
        fprintf(out, " --valid-every %d",
            (p->steps + p->validations - 1) / p->validations);
    if (p->validations)
        fprintf(out, "\n# the best model on these images is kept\nVALID ?= %s",
            p->valid);
    fputc('\n', out);
    fprintf(out, "# all labeled images\nBUDGETS ?= %d\n", p->train->images);
}

void
cli_plan_print(FILE *out, struct cli_plan *p)
{
    print_data(out, p);
    print_time(out, p);
    print_network(out, p);
    print_patches(out, p);
    print_training(out, p);
    if (p->window)
        fprintf(out,
            "\n# the largest image has %d pixels: windows need less memory\n"
            "PREDICT ?= --window %d --overlap 64\n",
            p->train->most, p->window);
    else
        fprintf(out, "\n# whole images fit into memory\nPREDICT ?=\n");
}
