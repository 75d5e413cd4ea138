#include <math.h>
#include <omp.h>

#include "cmd/plan/decide.h"
#include "lib/zoo/zoo.h"

enum {
    BATCH = 8,
    LARGEST_CROP = 256,
    CROP_UNIT = 32, /* the coarsest feature map is 1/32 of the image */
    LARGEST_WHOLE = 1024 * 1024, /* pixels; larger images need windows */
    WINDOW = 512,
    OVERLAP = 64,
    VALIDATIONS = 10,
    FEWEST_VALIDATIONS = 2,
    FEWEST_STEPS = 20,
    MOST_VISITS = 200,   /* of an image */
    ALWAYS_STEPS = 1000, /* allowed for any number of images */
};
#define VALIDATION_SHARE 0.2 /* of the time, at most */

/* What is tried, from the best to the fastest; the first with enough steps is
   taken, or the last. */
struct candidate {
    int width;   /* of a U-Net; 0: the network of the weights */
    double crop; /* share of the largest crop's sides */
};
static const struct candidate pretrained[] = {
    {0, 1}, {0, 0.75}, {0, 0.5}, {-1, 0}};
static const struct candidate random_unet[] = {
    {32, 1}, {24, 1}, {16, 1}, {16, 0.75}, {16, 0.5}, {8, 0.5}, {-1, 0}};
enum { ENOUGH_PRETRAINED = 400, ENOUGH_RANDOM = 600 }; /* steps */

static int
crop_side(int side, double share)
{
    int most = side < LARGEST_CROP ? side : LARGEST_CROP;
    int units = (int)(most * share / CROP_UNIT);

    return CROP_UNIT * (units ? units : 1);
}

/* Sets the network: its arguments and its text. */
static void
choose_net(struct cli_plan *p, int width)
{
    struct seg_err e;
    const struct cli_survey *s = p->train;
    const char *arch = width ? "unet" : p->fit.arch;
    char bands[30] = "", unet[60] = "";
    struct seg_zoo_opts o = {.bands = s->stat.bands,
        .classes = s->classes,
        .width = width,
        .depth = width ? 4 : 0};

    if (o.bands != 3)
        snprintf(bands, sizeof bands, " --bands %d", o.bands);
    if (width)
        snprintf(unet, sizeof unet, " --width %d --depth 4", width);
    p->width = width;
    p->net = cli_need(seg_take_text(&p->arena, &e, "%s%s%s --classes %d", arch,
                          unet, bands, s->classes),
        &e);
    p->trial.net = cli_need(seg_zoo_text(&p->arena, arch, &o, &e), &e);
}

/* Without a measurement: time is proportional to pixels and to the width of a
   U-Net, and a prediction takes a third of a training step. */
static void
assume(struct cli_plan *p)
{
    struct cli_trial *t = &p->trial;
    const struct cli_survey *s = p->train;
    double full = (double)crop_side(s->h, 1) * crop_side(s->w, 1);
    double pixels = (double)t->crop_h * t->crop_w;

    t->step = p->step_seconds * pixels / full * (p->width ? p->width / 32. : 1);
    t->patches = 0;
    t->predict =
        t->step / 3 / BATCH * t->predict_h * (double)t->predict_w / pixels;
}

static double
predict_seconds(const struct cli_plan *p, const struct cli_work *work)
{
    const struct cli_trial *t = &p->trial;
    double stride = WINDOW - OVERLAP;
    double again = p->window ? WINDOW * (double)WINDOW / stride / stride : 1;
    double pixel = again * t->predict / t->predict_h / t->predict_w;

    return work->pixels * pixel + work->sizes * t->prepare;
}

static void
choose_validations(struct cli_plan *p)
{
    double most = 60 * p->minutes * VALIDATION_SHARE;

    p->validations = p->validation > 0 ? VALIDATIONS : 0;
    while (p->validations > FEWEST_VALIDATIONS &&
           p->validations * p->validation > most)
        p->validations--;
}

/* Two digits are enough. */
static int
round_down(double steps)
{
    double unit = pow(10, floor(log10(steps)) - 1);

    return (int)(floor(steps / unit) * unit);
}

/* The steps that the time allows; fewer than FEWEST_STEPS are not useful. */
static void
choose_steps(struct cli_plan *p)
{
    const struct cli_trial *t = &p->trial;
    double seconds = 60 * p->minutes - p->after;
    double most =
        fmax(ALWAYS_STEPS, MOST_VISITS * (double)p->train->images / t->batch);

    seconds -= p->validations * p->validation;
    double steps = seconds / p->step;
    p->limited = steps > most;
    p->steps = round_down(fmax(FEWEST_STEPS, fmin(steps, most)));
}

static void
try(struct cli_plan *p, const struct candidate *c)
{
    struct cli_trial *t = &p->trial;
    const struct cli_survey *s = p->train;
    int beside = cli.threads < omp_get_num_procs();

    choose_net(p, c->width);
    t->path = p->path;
    t->survey = s;
    t->batch = BATCH;
    t->color = p->color;
    t->crop_h = crop_side(s->h, c->crop);
    t->crop_w = crop_side(s->w, c->crop);
    t->predict_h = p->window ? p->window : s->h;
    t->predict_w = p->window ? p->window : s->w;
    cli_trial(t, p->step_seconds == 0);
    if (p->step_seconds > 0)
        assume(p);
    p->step = beside ? fmax(t->step, t->patches) : t->step + t->patches;
    p->validation = predict_seconds(p, &p->validated);
    p->after = predict_seconds(p, &p->predicted);
    choose_validations(p);
    choose_steps(p);
}

void
cli_decide(struct cli_plan *p)
{
    const struct candidate *c = p->weights ? pretrained : random_unet;
    int enough = p->weights ? ENOUGH_PRETRAINED : ENOUGH_RANDOM;
    const struct cli_survey *s = p->train;

    p->window = s->most > LARGEST_WHOLE ? WINDOW : 0;
    if (s->type == SEG_U8 && (s->stat.bands == 1 || s->stat.bands == 3))
        p->color = 0.2;
    do
        try(p, c);
    while (p->steps < enough && (++c)->width >= 0);
}

double
cli_plan_training(const struct cli_plan *p)
{
    return p->steps * p->step;
}

double
cli_plan_seconds(const struct cli_plan *p)
{
    return cli_plan_training(p) + p->validations * p->validation + p->after;
}
