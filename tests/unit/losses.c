/*
 * Every loss of seg_losses[] against a naive twin in double: value, gradient by
 * central differences of the twin, ignored pixels, degenerate batches, the same
 * bits for one to three threads; values of PyTorch, MONAI and
 * segmentation_models_pytorch; sums and enlarged logits; the parser.
 */
#include "lib/base/rng.h"
#include "lib/loss/sum.h"
#include "tests/unit/kernels.h"
#include "tests/unit/loss_twins.h"

enum { FLOATS = 2000, CLASSES = 32 };

static struct seg_arena arena;
static struct seg_err err;

static const struct shape shapes[] = {{2, 5, 7, 3}, {1, 1, 1, 2}, {1, 3, 4, 1},
    {2, 3, 3, 21}, {1, 40, 2, 4}, {3, 2, 1, 2}, {1, 1, 17, 5}};

/* ---- bilinear enlargement, naive ---- */

static double
position(int i, int from, int to, int align)
{
    double p = align ? (to > 1 ? (double)i * (from - 1) / (to - 1) : 0)
                     : (i + .5) * from / to - .5;

    return fmin(fmax(p, 0), from - 1);
}

/* u[n,label_h,label_w,c] of x[n,h,w,c] */
static void
enlarge(double *u, const double *x, const struct seg_loss_sum *l)
{
    int all_h = l->logits.scale ? l->logits.scale * l->h : l->label_h;
    int all_w = l->logits.scale ? l->logits.scale * l->w : l->label_w;

    for (int i = 0; i < l->n * l->label_h * l->label_w; i++) {
        double y =
            position(i / l->label_w % l->label_h, l->h, all_h, l->logits.align);
        double z = position(i % l->label_w, l->w, all_w, l->logits.align);
        for (int k = 0; k < l->classes; k++) {
            double sum = 0;
            for (int j = 0; j < l->h * l->w; j++)
                sum += fmax(0, 1 - fabs(y - j / l->w)) *
                       fmax(0, 1 - fabs(z - j % l->w)) *
                       x[((i / (l->label_w * l->label_h)) * l->h * l->w + j) *
                               l->classes +
                           k];
            u[i * l->classes + k] = sum;
        }
    }
}

/* ---- the sum by twins ---- */

static double
sum_of_twins(
    const struct seg_loss_sum *l, const double *x, const uint8_t *label)
{
    static double u[8 * FLOATS];
    double sum = 0;

    enlarge(u, x, l);
    for (int i = 0; i < l->terms; i++) {
        struct twin t = {{l->n, l->label_h, l->label_w, l->classes}, label,
            l->weight, l->term[i].set};
        size_t k = 0;
        while (k < sizeof twins / sizeof *twins &&
               strcmp(twins[k].name, l->term[i].loss->name))
            k++;
        if (k == sizeof twins / sizeof *twins)
            return NAN;
        sum += l->term[i].weight * twins[k].value(&t, u);
    }
    return sum;
}

/* Largest difference between dx and differences of the twins, relative to the
   largest element; of large batches some elements are compared. */
static double
gradient_error(const struct seg_loss_sum *l, const float *dx, const float *x,
    const uint8_t *label)
{
    static double wide[FLOATS];
    int n = l->n * l->h * l->w * l->classes;
    const double h = 1e-6;
    double worst = 0, largest = 1e-3;

    for (int i = 0; i < n; i++)
        wide[i] = x[i];
    for (int i = 0; i < n; i += 1 + n / 15) {
        wide[i] = x[i] + h;
        double up = sum_of_twins(l, wide, label);
        wide[i] = x[i] - h;
        double down = sum_of_twins(l, wide, label);
        wide[i] = x[i];
        double gap = fabs((up - down) / (2 * h) - dx[i]);
        worst = gap <= worst ? worst : gap; /* NaN stays */
        largest = fmax(largest, fabs((double)dx[i]));
    }
    return worst / largest;
}

/* ---- one loss on one batch ---- */

static float
logit(int i)
{
    return (float)((i * 2654435761u >> 11 & 2047) / 256.0 - 4);
}

/* Class of pixel i of an image: three of very different frequency. */
static uint8_t
class_of(int i, int image)
{
    unsigned r = i * 2654435761u >> 9 & 1023;

    return r < 500u - 300u * image ? 0 : r < 900 ? 1 : 2;
}

static int
start(struct seg_loss_sum *l, const char *text, const struct shape *s,
    int label_h, int label_w)
{
    *l = (struct seg_loss_sum){.logits = l->logits,
        .weight = l->weight,
        .ignore = IGNORE,
        .n = s->n,
        .h = s->h,
        .w = s->w,
        .classes = s->c,
        .label_h = label_h,
        .label_w = label_w};
    l->threads = 3;
    if (seg_loss_parse(l, text, "loss", &err) ||
        seg_loss_plan(l, &arena, &err)) {
        ok(0, "%s: %s", text, err.text);
        return -1;
    }
    return 0;
}

/* Value and gradient, the same for 1, 2 and 3 threads; *same becomes 0 if they
   are not. */
static double
run(struct seg_loss_sum *l, float *dx, const float *x, const uint8_t *label,
    int *same)
{
    static float other[FLOATS];
    size_t n = (size_t)l->n * l->h * l->w * l->classes;
    double value[4];

    for (int t = 1; t <= 3; t++) {
        l->threads = l->enlarge.threads = t;
        memset(dx, 0xff, n * sizeof *dx);
        value[t] = seg_loss_value(l, dx, x, label, NULL, 0);
        if (t > 1)
            *same &= value[t] == value[1] && !memcmp(dx, other, n * sizeof *dx);
        memcpy(other, dx, n * sizeof *dx);
    }
    return value[1];
}

static void
check(struct seg_loss_sum *l, const char *name, const float *x,
    const uint8_t *label)
{
    static float dx[FLOATS];
    static double wide[FLOATS];
    int same = 1, zero = 1, n = l->n * l->h * l->w * l->classes;
    double value = run(l, dx, x, label, &same);

    for (int i = 0; i < n; i++)
        wide[i] = x[i];
    double twin = sum_of_twins(l, wide, label);
    double gap = gradient_error(l, dx, x, label);
    for (int i = 0; i < n && !l->enlarge.h; i++)
        if (label[i / l->classes] == IGNORE)
            zero &= dx[i] == 0;
    ok(fabs(value - twin) <= 2e-6 * fmax(1, fabs(twin)),
        "%s: value %.8f, twin %.8f", name, value, twin);
    ok(gap < 2e-5, "%s: gradient, off by %.1e", name, gap);
    ok(zero, "%s: no gradient of ignored pixels", name);
    ok(same, "%s: the same bits for 1, 2, 3 threads", name);
}

static const char *const variants[] = {"ce", "ce(smooth=0.2)", "dice",
    "dice(batch=1,background=0)", "dice(square=1,smooth=1)", "focal",
    "focal(gamma=0)", "focal(gamma=0.5)", "lovasz", "lovasz(image=1)",
    "lovasz(present=0)", "ohem", "ohem(keep=0.6)",
    "ohem(keep=0.1,threshold=0.4)", "tversky",
    "tversky(alpha=2,beta=0,smooth=1)", "tversky(batch=1,background=0)",
    "maxsquare", "maxsquare(code=1)", "maxsquare(weigh=1)",
    "maxsquare(weigh=1,ratio=0.7,code=1)", "entropy", "nl(k=0)", "nlrank(k=0)",
    "pl", "pl(above=0.2,all=1)"};
enum { VARIANTS = sizeof variants / sizeof *variants };

enum { MIXED, ONE_CLASS, FIRST_IGNORED, ALL_IGNORED, PATTERNS };
static const char *const patterns[] = {
    "mixed", "one class", "first image ignored", "all ignored"};

static void
fill(float *x, uint8_t *label, const struct shape *s, int pattern)
{
    int image = s->h * s->w;
    struct seg_rng r = seg_rng_make(3, NULL, "logits", 0);

    for (int i = 0; i < s->n * image * s->c; i++)
        x[i] = 2 * (float)seg_rng_normal(&r);
    for (int i = 0; i < s->n * image; i++)
        label[i] = pattern == ALL_IGNORED                  ? IGNORE
                   : pattern == FIRST_IGNORED && i < image ? IGNORE
                   : pattern == ONE_CLASS                  ? 0
                   : (i % 5 == 1 && s->n * image > 1) || i == 13
                       ? IGNORE
                       : (uint8_t)((i * 7 + i / 4) % s->c);
}

/* Class weights, of which one is 0. */
static float weights[CLASSES];

static void
walk(const struct shape *s, const char *text, int pattern, int weighted)
{
    static float x[FLOATS];
    static uint8_t label[PIXELS];
    struct seg_loss_sum l = {.weight = weighted ? weights : NULL};
    char name[120];

    fill(x, label, s, pattern);
    if (start(&l, text, s, s->h, s->w))
        return;
    snprintf(name, sizeof name, "%s, %dx%dx%dx%d, %s%s", text, s->n, s->h, s->w,
        s->c, patterns[pattern], weighted ? ", weights" : "");
    check(&l, name, x, label);
    seg_arena_reset(&arena);
}

/* A loss without a variant, and with it a twin, fails; so does one with more
   settings than a term holds. */
static void
all_have_twins(void)
{
    for (const struct seg_loss *const *l = seg_losses; *l; l++) {
        size_t n = strlen((*l)->name);
        int found = 0, twin = 0, settings = 0;

        while ((*l)->settings[settings].key)
            settings++;
        for (int v = 0; v < VARIANTS; v++)
            found |= !strncmp(variants[v], (*l)->name, n) &&
                     (!variants[v][n] || variants[v][n] == '(');
        for (size_t k = 0; k < sizeof twins / sizeof *twins; k++)
            twin |= !strcmp(twins[k].name, (*l)->name);
        ok(found && twin, "%s has variants and a naive twin", (*l)->name);
        ok(settings <= SEG_LOSS_SETTINGS, "%s has %d settings, at most %d",
            (*l)->name, settings, SEG_LOSS_SETTINGS);
        ok((*l)->formula && (*l)->source, "%s has formula and source",
            (*l)->name);
    }
}

/* ---- values of other implementations ---- */

/*
 * Logits logit(i) of [2,5,7,3], labels class_of(i, image), the last two columns
 * ignored (left out for libraries that cannot ignore); weights 1, 0.25, 2.
 * From PyTorch 2.15.0, MONAI 1.6.1, segmentation_models_pytorch 0.6.0:
 *   ce: cross_entropy(weight, label_smoothing)
 *   focal: FocalLoss(use_softmax, to_onehot_y) of MONAI times 3, its mean being
 *     over pixels and classes; weighted: sum w (1-p)^2 nll / sum w
 *   dice: DiceLoss(softmax, to_onehot_y, batch, include_background,
 *     squared_pred, smooth_nr, smooth_dr) of MONAI; with ce: DiceCELoss
 *   lovasz: LovaszLoss(multiclass, per_image) of segmentation_models_pytorch
 *   ohem: mean of torch.topk of cross_entropy(reduction none)
 *   tversky: TverskyLoss(softmax, to_onehot_y, alpha, beta, batch,
 *     include_background, smooth_nr, smooth_dr) of MONAI
 */
static const struct {
    const char *text;
    int weighted;
    double value;
} golden[] = {
    {"ce", 0, 2.8801503712},
    {"ce", 1, 2.6408763638},
    {"ce(smooth=0.1)", 0, 2.8235982879},
    {"ce(smooth=0.1)", 1, 2.7025709078},
    {"focal(gamma=0)", 0, 2.8801505566},
    {"focal(gamma=0.5)", 0, 2.7705566883},
    {"focal(gamma=1)", 0, 2.6876387596},
    {"focal", 0, 2.5676593781},
    {"focal", 1, 2.3812585297},
    {"dice", 0, 0.7335893551},
    {"dice(batch=1)", 0, 0.7083882507},
    {"dice(background=0)", 0, 0.7750506118},
    {"dice(square=1)", 0, 0.6779947221},
    {"dice(smooth=1)", 0, 0.6842981151},
    {"dice(batch=1,background=0,square=1,smooth=0.5)", 0, 0.6711062528},
    {"lovasz", 0, 0.7846037745},
    {"lovasz(image=1)", 0, 0.7950019836},
    {"ohem", 0, 7.1088168746},
    {"ohem(keep=0.5)", 0, 4.9938084680},
    {"ohem(keep=0.01)", 0, 7.2340531939},
    {"ohem(keep=0.1,threshold=0.3)", 0, 3.9800502940},
    {"ohem(keep=1)", 0, 2.8801503712},
    {"tversky", 0, 0.7318163893},
    {"tversky(alpha=0.7,beta=0.3)", 0, 0.7279940076},
    {"tversky(alpha=1,beta=1)", 0, 0.8389942044},
    {"tversky(alpha=0.5,beta=0.5,smooth=0.5)", 0, 0.6842981151},
    {"tversky(batch=1)", 0, 0.6987957159},
    {"tversky(background=0)", 0, 0.7799068649},
    {"tversky(smooth=1)", 0, 0.6296359891},
    {"tversky(alpha=0.2,beta=1.5,background=0,batch=1,smooth=0.5)", 0,
        0.7884843569},
    {"ce+0.5*dice", 0, 3.2469450488},
};

/* The same logits enlarged to [2,15,14,3], without ignored pixels. */
static const struct {
    const char *text;
    double value[2]; /* half-pixel centers; corners aligned */
} enlarged[] = {
    {"ce", {1.8675594330, 1.8533015206}},
    {"dice", {0.7120876390, 0.7171819410}},
    {"2*ce+dice+lovasz", {5.2103369911, 5.1911049000}},
};

static void
golden_values(void)
{
    static const struct shape s = {2, 5, 7, 3};
    static const float three[] = {1, 0.25f, 2};
    float x[210], dx[210];
    uint8_t label[2 * 15 * 14];

    for (int i = 0; i < 210; i++)
        x[i] = logit(i);
    for (int i = 0; i < 70; i++)
        label[i] = i % 7 < 5 ? class_of(i, i / 35) : IGNORE;
    for (size_t k = 0; k < sizeof golden / sizeof *golden; k++) {
        struct seg_loss_sum l = {.weight = golden[k].weighted ? three : NULL};
        if (start(&l, golden[k].text, &s, 5, 7))
            continue;
        double value = seg_loss_value(&l, dx, x, label, NULL, 0);
        ok(fabs(value - golden[k].value) < 1e-6, "%s%s: %.10f, expected %.10f",
            golden[k].text, golden[k].weighted ? " with weights" : "", value,
            golden[k].value);
    }
    for (int i = 0; i < 2 * 15 * 14; i++)
        label[i] = class_of(i, i / 210);
    for (size_t k = 0; k < sizeof enlarged / sizeof *enlarged; k++)
        for (int align = 0; align < 2; align++) {
            struct seg_loss_sum l = {.logits = {.align = align}};
            if (start(&l, enlarged[k].text, &s, 15, 14))
                continue;
            double value = seg_loss_value(&l, dx, x, label, NULL, 0);
            ok(fabs(value - enlarged[k].value[align]) < 1e-6 * fmax(1, value),
                "%s, enlarged, align %d: %.10f, expected %.10f",
                enlarged[k].text, align, value, enlarged[k].value[align]);
        }
    seg_arena_reset(&arena);
}

/* ---- losses on predictions ---- */

/* Four pixels of three classes; the values are those of the formulas in double,
   for complementary classes 1, 2, 0, 2. */
static void
losses_on_predictions(void)
{
    static const struct shape s = {1, 2, 2, 3};
    static const float x[12] = {2, 0, -1, 0, 1, 0.5f, 0.2f, 0.1f, 0, 3, 0, 0};
    static const uint8_t label[4] = {0, 1, 2, 0};
    static const struct {
        const char *text;
        double value;
    } want[] = {{"maxsquare", -0.2848925047},
        {"maxsquare(code=1)", -0.0949641682},
        {"maxsquare(weigh=1,code=1)", -0.2095405953},
        {"pl(above=0)", 0.5367453737}};
    float dx[12];

    for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
        struct seg_loss_sum l = {0};
        if (start(&l, want[k].text, &s, 2, 2))
            continue;
        double value = seg_loss_value(&l, dx, x, label, NULL, 0);
        ok(fabs(value - want[k].value) < 1e-7, "%s: %.10f, expected %.10f",
            want[k].text, value, want[k].value);
        seg_arena_reset(&arena);
    }
    struct seg_loss_sum l = {0};
    int found = 0, passes = 2000;
    double mean = 0;
    if (start(&l, "nl", &s, 2, 2))
        return;
    for (int pass = 0; pass < passes; pass++) {
        double value = seg_loss_value(&l, dx, x, label, NULL, (uint64_t)pass);
        found += fabs(value - 0.2480371110) < 1e-7;
        mean += value / passes;
    }
    l.term[0].set[0] = 0;
    double all = seg_loss_value(&l, dx, x, label, NULL, 0);
    /* the last pixel has two equally probable classes: 8 values */
    ok(found > passes / 8 / 1.3 && found < passes / 8 * 1.3,
        "nl: the draw 1, 2, 0, 2 in %d of %d passes", found, passes);
    ok(fabs(mean - all) < 0.003, "nl: its mean %.5f, that of all classes %.5f",
        mean, all);
    seg_arena_reset(&arena);
}

/* A loss that reads no classes takes the pixels of `valid`. */
static void
valid_pixels(void)
{
    static const struct shape s = {1, 1, 2, 2};
    static const float x[4] = {1, 0, 3, 0};
    static const uint8_t label[2] = {IGNORE, 0}, all[2] = {0, 0};
    float dx[4];
    struct seg_loss_sum l = {0};

    if (start(&l, "ce+entropy", &s, 1, 2))
        return;
    seg_loss_value(&l, dx, x, label, all, 0);
    double both = l.value[1];
    ok(dx[0] != 0 && seg_loss_reads_labels(&l), "an ignored pixel counts");
    seg_loss_value(&l, dx, x, label, NULL, 0);
    ok(dx[0] == 0 && l.value[1] < both, "without `valid` it does not");
    seg_arena_reset(&arena);
    if (start(&l, "0.5*entropy+maxsquare", &s, 1, 2))
        return;
    ok(!seg_loss_reads_labels(&l), "entropy and maxsquare read no labels");
    seg_arena_reset(&arena);
}

/* ---- sums, enlargement, extremes ---- */

static void
enlarged_sums(void)
{
    static const char *const texts[] = {
        "ce", "focal", "0.5*ce+2*dice", "dice+0.25*lovasz+3*ohem", "2*ce"};
    static const struct shape s = {2, 3, 4, 3};
    float x[72];
    uint8_t label[2 * 9 * 11];

    struct seg_rng r = seg_rng_make(4, NULL, "logits", 0);

    for (int i = 0; i < 72; i++)
        x[i] = 2 * (float)seg_rng_normal(&r);
    for (int i = 0; i < 2 * 9 * 11; i++)
        label[i] = i % 6 == 2 ? IGNORE : class_of(i, i / 99);
    for (int v = 0; v < 4; v++)
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
            struct seg_loss_sum l = {
                .logits = {.align = v & 1, .scale = v & 2 ? 3 : 0}};
            char name[80];
            snprintf(name, sizeof name, "%s, 3x4 enlarged %s%s", texts[k],
                v & 2 ? "and cut" : "to 9x11", v & 1 ? ", aligned" : "");
            if (!start(&l, texts[k], &s, 9, 11))
                check(&l, name, x, label);
            seg_arena_reset(&arena);
        }
}

/* Logits of 80 in either direction give finite values and gradients. */
static void
extremes(void)
{
    static const struct shape s = {1, 2, 3, 3};
    float x[18], dx[18];
    uint8_t label[6] = {0, 1, 2, 0, 1, 2};

    for (int i = 0; i < 18; i++)
        x[i] = i % 4 == 0 ? 80 : i % 4 == 1 ? -80 : 0;
    for (int v = 0; v < VARIANTS; v++) {
        struct seg_loss_sum l = {0};
        int finite = 1;
        if (start(&l, variants[v], &s, 2, 3))
            continue;
        double value = seg_loss_value(&l, dx, x, label, NULL, 0);
        for (int i = 0; i < 18; i++)
            finite &= isfinite(dx[i]);
        ok(finite && isfinite(value), "%s of extreme logits: %g", variants[v],
            value);
    }
    seg_arena_reset(&arena);
}

/* Equal losses count alike: the gradient does not depend on the order. */
static void
ties(void)
{
    static const struct shape s = {1, 4, 4, 2};
    struct seg_loss_sum l = {0};
    float x[32] = {0}, dx[32];
    uint8_t label[16] = {0};
    int equal = 1;

    if (start(&l, "ohem(keep=0.3)", &s, 4, 4))
        return;
    double value = seg_loss_value(&l, dx, x, label, NULL, 0);
    for (int i = 2; i < 32; i++)
        equal &= dx[i] == dx[i % 2];
    ok(fabs(value - log(2)) < 1e-6 && equal && fabsf(dx[0] + 1 / 32.f) < 1e-7f,
        "ohem of equal losses: %g, every pixel counts alike", value);
    seg_arena_reset(&arena);
}

/* ---- the parser ---- */

static void
refuses(const char *text, const char *message)
{
    struct seg_loss_sum l;
    struct seg_err e = {0};
    int status = seg_loss_parse(&l, text, "--loss", &e);

    ok(status == -1 && e.kind == SEG_EUSAGE && strstr(e.text, message) &&
            !strncmp(e.text, "--loss: ", 8),
        "'%s' is refused: %s", text, e.text);
}

static void
parser(void)
{
    struct seg_loss_sum l;

    ok(!seg_loss_parse(
           &l, " 2e-1*ce( smooth=0.1 ) + dice(smooth=1,batch=1)", "l", &err) &&
            l.terms == 2 && l.term[0].weight == 0.2 &&
            l.term[0].set[0] == 0.1 && l.term[1].set[0] == 1 &&
            l.term[1].set[1] == 1 && l.term[1].set[3] == 1,
        "a sum with blanks and settings");
    refuses("", "a loss is missing: expected ce, dice, entropy");
    refuses("ce+", "a loss is missing");
    refuses("c", "'c' is not a loss: expected ce, dice, entropy, focal, "
                 "lovasz, maxsquare, nl, "
                 "nlrank, ohem, pl, tversky");
    refuses("cee", "'cee' is not a loss");
    refuses("3", "'3' is not a loss");
    refuses("nan*ce", "weight nan of ce is not a positive finite number");
    refuses("inf*ce", "weight inf of ce");
    refuses("1e99*ce", "weight 1e99 of ce");
    refuses("1e-99*ce", "weight 1e-99 of ce");
    refuses("0*ce", "weight 0 of ce");
    refuses("-1*ce", "weight -1 of ce");
    refuses("ce+0.5*ce", "ce is given twice");
    refuses("ce dice", "'dice' after ce: expected +");
    refuses("ce(tau=1)", "unknown setting 'tau': ce has smooth");
    refuses("ce()", "unknown setting '': ce has smooth");
    refuses("ce(smooth=2)", "smooth=2 of ce is not a number within 0..1");
    refuses("ce(smooth=nan)", "smooth=nan of ce");
    refuses("ce(smooth)", "smooth of ce needs a value: smooth=0");
    refuses("ce(smooth=0,smooth=0)", "smooth of ce is given twice");
    refuses("ce(smooth=0", "after the settings of ce: expected , or )");
    refuses("tversky(square=1)",
        "tversky has alpha, beta, background, batch, smooth");
    refuses(
        "tversky(alpha=-1)", "alpha=-1 of tversky is not a number within 0..");
    refuses("dice(batch=0.5)", "batch=0.5 of dice is not a whole number");
}

int
main(void)
{
    for (int i = 0; i < CLASSES; i++)
        weights[i] = i == 1 ? 0 : 0.5f + 0.25f * (float)(i % 4);
    all_have_twins();
    FOR_LEVELS(level)
    {
        printf("# level %s\n", seg_cpu_name(seg_cpu_level()));
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            for (int v = 0; v < VARIANTS; v++)
                for (int p = 0; p < PATTERNS; p++)
                    walk(shapes + i, variants[v], p, (v + p) % 3 == 0);
        golden_values();
        losses_on_predictions();
        valid_pixels();
        enlarged_sums();
    }
    extremes();
    ties();
    parser();
    seg_arena_free(&arena);
    return done();
}
