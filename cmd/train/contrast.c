#include "cmd/train/contrast.h"
#include "cmd/cli/cli.h"
#include "cmd/train/domains.h"
#include "lib/loss/image.h"

const char *const cli_contrast_losses[] = {
    "within", "cross", "batch", "supcon", "local", "image", "patch", NULL};
const char *const cli_contrast_forms[] = {"paper", "released", NULL};
const char *const cli_contrast_heads[] = {"paper", "released", "linear", NULL};
const char *const cli_contrast_positives[] = {
    "view", "position", "object", NULL};

struct cli_contrast_opts cli_contrast_opts = {.loss = 1,
    .form = -1,
    .head = -1,
    .tau = -1,
    .pool = -1,
    .background = CLI_BACKGROUND_UNSET,
    .positives = -1};

#define COLLAPSED (-0.05) /* uniformity; that of good embeddings is below -1 */
enum { SETTLED = 50 };    /* steps; before them no embedding is good */

/* Exits if an option of another loss is given. */
static void
belongs(int given, const char *option, int allowed, const char *losses)
{
    if (given && !allowed)
        cli_usage("%s is for --loss %s, not for %s", option, losses,
            cli_contrast_losses[cli_contrast_opts.loss]);
}

static void
check_owner(const struct cli_contrast_opts *o)
{
    static const char grid[] = "within, cross, batch and supcon";
    int local = o->loss == CLI_LOCAL, image = o->loss == CLI_WHOLE_IMAGE;
    int patch = o->loss == CLI_PATCH;

    belongs(o->grid[0], "--grid", !local && !image && !patch, grid);
    belongs(o->pool >= 0, "--pool", !local && !image && !patch, grid);
    belongs(o->form >= 0, "--form", !image && !patch,
        "within, cross, batch, supcon and local");
    belongs(o->classes, "--classes", !image,
        "within, cross, batch, supcon, local and patch");
    belongs(o->stride[0], "--stride", local, "local");
    belongs(o->block > 0, "--block", local, "local");
    belongs(
        o->background != CLI_BACKGROUND_UNSET, "--background", local, "local");
    belongs(!!o->at, "--at", image, "image");
    belongs(o->positives >= 0, "--positives", image, "image");
    belongs(o->parts, "--parts", image, "image");
    belongs(!!o->group, "--group", image, "image");
    belongs(o->weigh, "--weigh-intensity", image, "image");
    belongs(!!cli_domains_opts.file, "--target", patch, "patch");
    belongs(cli_domains_given(), "--patches, --levels, --near or --far", patch,
        "patch");
    belongs(o->head >= 0, "--head", !patch, "the others");
    belongs(
        o->layers || o->hidden, "--layers or --hidden", !patch, "the others");
}

static void
check_local(struct cli_contrast_opts *o)
{
    if (o->stride[0] && o->block > 0)
        cli_usage("--stride and --block exclude each other");
    if (o->stride[0] != o->stride[1])
        cli_usage("--stride %dx%d: one stride for both sides is needed",
            o->stride[0], o->stride[1]);
    if (o->block != (int)o->block)
        cli_usage("--block %g: pixels, a whole number", o->block);
    if (!o->stride[0] && !(o->block > 0))
        o->block = 16;
    if (o->background == CLI_BACKGROUND_UNSET)
        o->background = 0;
}

static void
check_image(struct cli_contrast_opts *o)
{
    if (o->positives < 0)
        o->positives = SEG_POSITIVES_VIEW;
    int position = o->positives == SEG_POSITIVES_POSITION;

    if (o->head == CLI_RELEASED)
        cli_usage("--head released is for pixels: --loss image has paper "
                  "and linear");
    if (!position && (o->parts || o->group))
        cli_usage(
            "--%s is for --positives position", o->parts ? "parts" : "group");
    if (position && o->weigh)
        cli_usage("--weigh-intensity is for --positives view and object");
    if (!o->parts)
        o->parts = 4;
}

void
cli_contrast_check(void)
{
    struct cli_contrast_opts *o = &cli_contrast_opts;
    int local = o->loss == CLI_LOCAL, image = o->loss == CLI_WHOLE_IMAGE;
    int patch = o->loss == CLI_PATCH;

    check_owner(o);
    if (local)
        check_local(o);
    if (image)
        check_image(o);
    if (patch && !cli_domains_opts.file)
        cli_usage("--loss patch requires --target FILE");
    cli_domains_check();
    if (o->form < 0)
        o->form = local; /* local: as coded, else the paper's */
    if (o->head < 0)
        o->head = local ? CLI_LINEAR : CLI_PAPER;
    if (!o->embedding)
        o->embedding = local || patch ? 128 : 256;
    if (!o->hidden && local)
        o->hidden = 256;
    if (o->tau < 0)
        o->tau = local || patch                         ? 0.1
                 : !image                               ? 0.07
                 : o->positives == SEG_POSITIVES_OBJECT ? 0.3
                                                        : 0.5;
}

const char *
cli_contrast_project(struct cli_training *t, const char *bare,
    const char *backbone, struct seg_projection p)
{
    const struct cli_contrast_opts *o = &cli_contrast_opts;
    struct seg_err e;

    p.kind = (enum seg_projection_kind)o->head;
    p.width = o->embedding;
    p.hidden = o->hidden;
    p.layers = o->layers;
    return cli_need(seg_zoo_projection(&t->arena, bare, backbone, &p, &e), &e);
}

static void
report(void *with, FILE *log)
{
    const struct seg_contrast_report *r = with;

    fprintf(log, "\t%.0f\t%.1f\t%.4f\t%.4f", r->anchors, r->positives,
        r->alignment, r->uniformity);
}

void
cli_contrast_columns(struct cli_training *t, struct seg_contrast_report *r)
{
    t->columns = "\tanchors\tpositives\talignment\tuniformity";
    t->report = report;
    t->with = r;
}

void
cli_contrast_start(struct cli_training *t)
{
    if (cli_contrast_opts.loss == CLI_LOCAL)
        cli_local_start(t);
    else if (cli_contrast_opts.loss == CLI_WHOLE_IMAGE)
        cli_whole_image_start(t);
    else if (cli_contrast_opts.loss == CLI_PATCH)
        cli_domains_start(t);
    else
        cli_pixels_start(t);
}

void
cli_contrast_end(const struct cli_training *t)
{
    const struct seg_contrast_report *r = t->with;

    if (t->loop.step >= SETTLED && r->anchors > 0 && r->uniformity > COLLAPSED)
        cli_warn("the embeddings are nearly equal (uniformity %.3f in the last "
                 "step), so the weights have learnt little: try another rate "
                 "(--lr), a lower temperature (--tau) or more steps",
            r->uniformity);
}
