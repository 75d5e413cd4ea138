#include <limits.h>
#include <math.h>

#include "cmd/pseudo/prediction.h"
#include "lib/label/labelmap.h"

/* The largest absolute value of a feature: its square must be finite. */
static const float largest = 1e15F;

/* A sum of probabilities may exceed 1 by rounding. */
static const float certain = 1.001F;

/* ---- tensors ---- */

/* The tensor, of that type and form; exits if it is missing, and says how
   seg-predict is told to write it. */
static const struct seg_tensor *
need(const struct seg_record *rec, const char *where, const char *name,
    enum seg_type type, int rank, const char *form, const char *emit)
{
    const struct seg_tensor *t = seg_record_find(rec, name);
    char seen[120];

    if (!t)
        cli_fail(SEG_EDATA, "%s: no tensor %s: seg-predict --emit %s writes it",
            where, name, emit);
    if (t->type != type || t->rank != rank || t->bytes > INT_MAX)
        cli_fail(SEG_EDATA, "%s: %s is %s, not %s of less than 2 GiB", where,
            name, seg_tensor_describe(seen, sizeof seen, t), form);
    return t;
}

static void
check_size(const struct cli_prediction *p, const struct seg_tensor *t)
{
    char seen[120];

    if (t->shape[0] != (size_t)p->h || t->shape[1] != (size_t)p->w)
        cli_fail(SEG_EDATA, "%s: %s is %s, but pred is [%d,%d]", p->where,
            t->name, seg_tensor_describe(seen, sizeof seen, t), p->h, p->w);
}

/* Exits unless all values are within low to high. */
static void
check_values(const struct cli_prediction *p, const struct seg_tensor *t,
    float low, float high)
{
    size_t n = t->bytes / sizeof(float), bands = seg_tensor_bands(t);
    const float *v = t->data;

    for (size_t i = 0; i < n; i++)
        if (!(v[i] >= low && v[i] <= high))
            cli_fail(SEG_EDATA,
                "%s: %s is %g at (x %zu, y %zu), expected %g to %g", p->where,
                t->name, (double)v[i], i / bands % t->shape[1],
                i / bands / t->shape[1], (double)low,
                high > certain ? (double)high : 1);
}

/* ---- classes ---- */

static void
read_classes(struct cli_prediction *p, const struct seg_record *rec,
    struct seg_known_classes *known, struct seg_arena *a)
{
    const struct seg_tensor *t =
        need(rec, p->where, "pred", SEG_U8, 2, "[H,W] u8", "labels,confidence");
    const struct seg_tensor *truth = seg_record_find(rec, "label");
    struct seg_classes c;
    struct seg_err e;

    cli_check(seg_classes_read(&c, a, rec, &e), &e);
    cli_check(seg_known_classes_check_names(
                  known, seg_record_meta(rec, "seg.classes"), p->where, &e),
        &e);
    cli_check(
        seg_known_classes_check_ignore(known, c.ignore, p->where, &e), &e);
    if (c.ignore > UINT8_MAX)
        cli_fail(SEG_EDATA,
            "%s: the ignore value is %d: a label image has values up to 255",
            p->where, c.ignore);
    p->h = (int)t->shape[0];
    p->w = (int)t->shape[1];
    p->ignore = c.ignore;
    p->class = t->data;
    if (c.n)
        cli_check(seg_classes_check(&c, t, p->where, &e), &e);
    if (!truth)
        return;
    cli_check(seg_classes_shape(truth, p->where, &e), &e);
    check_size(p, truth);
    if (c.n)
        cli_check(seg_classes_check(&c, truth, p->where, &e), &e);
    p->truth = truth->data;
}

/* ---- confidence ---- */

static const struct seg_tensor *
read_probs(struct cli_prediction *p, const struct seg_record *rec,
    const char *emit, const struct seg_known_classes *known)
{
    const struct seg_tensor *t =
        need(rec, p->where, "probs", SEG_F32, 3, "[H,W,K] f32", emit);
    int names = seg_classes_count(known->names);

    check_size(p, t);
    if (t->shape[2] > SEG_CLASSES || (names && t->shape[2] != (size_t)names))
        cli_fail(SEG_EDATA, "%s: probs of %zu classes, expected %s%d", p->where,
            t->shape[2], names ? "" : "at most ", names ? names : SEG_CLASSES);
    check_values(p, t, 0, certain);
    p->k = (int)t->shape[2];
    for (size_t i = 0; i < (size_t)p->h * p->w; i++)
        if (p->class[i] >= p->k && p->class[i] != SEG_IGNORE)
            cli_fail(SEG_EDATA,
                "%s: pred is %d at (x %zu, y %zu), but probs has %d classes",
                p->where, p->class[i], i % p->w, i / p->w, p->k);
    return t;
}

/* The probability of the predicted class. */
static void
take_confidence(struct cli_prediction *p, const struct seg_tensor *probs,
    struct seg_arena *a)
{
    size_t n = (size_t)p->h * p->w;
    const float *v = probs->data;
    struct seg_err e;
    float *c = cli_need(seg_take_dirty(a, n, sizeof *c, &e), &e);

    for (size_t i = 0; i < n; i++, v += p->k)
        c[i] = p->class[i] == SEG_IGNORE ? 0 : v[p->class[i]];
    p->confidence = c;
}

static void
read_confidence(struct cli_prediction *p, const struct seg_record *rec,
    const struct seg_known_classes *known, struct seg_arena *a)
{
    if (seg_record_find(rec, "probs")) {
        take_confidence(p, read_probs(p, rec, "labels,probs", known), a);
        return;
    }
    const struct seg_tensor *t = need(rec, p->where, "confidence", SEG_F32, 2,
        "[H,W] f32", "labels,confidence");
    check_size(p, t);
    check_values(p, t, 0, certain);
    p->confidence = t->data;
}

/* ---- features ---- */

static void
read_features(struct cli_prediction *p, const struct seg_record *rec,
    const char *name, const struct seg_known_classes *known)
{
    char emit[200];

    snprintf(emit, sizeof emit, "labels,probs,%.100s", name);
    const struct seg_tensor *probs = read_probs(p, rec, emit, known);
    const struct seg_tensor *t =
        need(rec, p->where, name, SEG_F32, 3, "[h,w,D] f32", emit);
    if (!t->bytes && probs->bytes)
        cli_fail(SEG_EDATA, "%s: %s has no values", p->where, name);
    check_values(p, t, -largest, largest);
    p->d = (int)t->shape[2];
    p->features = (struct seg_pseudo_features){.image_h = p->h,
        .image_w = p->w,
        .class = p->class,
        .probs = probs->data,
        .h = (int)t->shape[0],
        .w = (int)t->shape[1],
        .x = t->data};
}

void
cli_prediction_read(struct cli_prediction *p, const struct seg_record *rec,
    const char *file, const struct cli_prediction_needs *needs,
    struct seg_known_classes *known, struct seg_arena *a)
{
    struct seg_err e;

    *p = (struct cli_prediction){0};
    p->where = cli_need(seg_take_text(a, &e, "%.400s: %.180s", file,
                            seg_record_short_name(rec)),
        &e);
    read_classes(p, rec, known, a);
    if (needs->features)
        read_features(p, rec, needs->features, known);
    else if (needs->confidence)
        read_confidence(p, rec, known, a);
}

const uint8_t *
cli_prediction_other(const struct cli_prediction *p,
    const struct seg_record *rec, const char *file,
    struct seg_known_classes *known)
{
    char where[600], seen[120];
    struct seg_err e;

    snprintf(where, sizeof where, "%.400s: %.180s", file,
        seg_record_short_name(rec));
    cli_check(seg_known_classes_check_names(
                  known, seg_record_meta(rec, "seg.classes"), where, &e),
        &e);
    const struct seg_tensor *t =
        need(rec, where, "pred", SEG_U8, 2, "[H,W] u8", "labels");
    if (t->shape[0] != (size_t)p->h || t->shape[1] != (size_t)p->w)
        cli_fail(SEG_EDATA, "%s: pred is %s, but [%d,%d] in the input", where,
            seg_tensor_describe(seen, sizeof seen, t), p->h, p->w);
    return t->data;
}

void
cli_prediction_correct(struct cli_prediction *p,
    const struct seg_prototypes *prototypes, double temperature,
    struct seg_arena *a)
{
    size_t n = (size_t)p->h * p->w;
    struct seg_err e;
    uint8_t *class = cli_need(seg_take_dirty(a, n, 1, &e), &e);
    float *confidence =
        cli_need(seg_take_dirty(a, n, sizeof *confidence, &e), &e);

    if (n)
        seg_prototypes_classify(class, confidence, prototypes, &p->features,
            temperature, cli.threads);
    p->class = class;
    p->confidence = confidence;
}
