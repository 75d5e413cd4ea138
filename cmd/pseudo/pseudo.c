#include <string.h>

#include "cmd/pseudo/pseudo.h"

void
cli_pseudo_start(struct cli_pseudo *k)
{
    k->arena.limit = k->scratch.limit = cli.mem_limit;
    k->known.arena = k->all.arena = k->one.arena = &k->arena;
    k->report.counts = k->counts;
    for (int i = 0; i < SEG_CLASSES; i++)
        k->limit[i] = -1;
}

/* Reads the next prediction; 0 at the end of a pass. */
static int
next_prediction(
    struct cli_pseudo *k, struct seg_record *rec, struct cli_prediction *p)
{
    seg_arena_reset(&k->scratch);
    if (!cli_passes_next(&k->in, rec))
        return 0;
    cli_prediction_read(p, rec, k->in.file, &k->needs, &k->known, &k->scratch);
    return 1;
}

/* The same with the classes that the prototypes give, if there are any. */
static int
next_corrected(
    struct cli_pseudo *k, struct seg_record *rec, struct cli_prediction *p)
{
    if (!next_prediction(k, rec, p))
        return 0;
    if (k->needs.features)
        cli_prediction_correct(p, &k->prototypes, k->temperature, &k->scratch);
    return 1;
}

/* ---- passes before the output ---- */

static void
add_features(struct cli_pseudo *k, const struct cli_prediction *p)
{
    struct seg_prototypes *q = &k->prototypes;
    struct seg_err e;

    if (!q->mean)
        cli_check(seg_prototypes_start(q, p->k, p->d, &k->arena, &e), &e);
    if (p->k != q->k || p->d != q->d)
        cli_fail(SEG_EDATA,
            "%s: %d classes and %d features, %d and %d in those before",
            p->where, p->k, p->d, q->k, q->d);
    if (p->h && p->w)
        seg_prototypes_add(q, &p->features);
}

void
cli_pseudo_prototypes(struct cli_pseudo *k)
{
    struct seg_record rec = {0};
    struct cli_prediction p;

    while (next_prediction(k, &rec, &p))
        add_features(k, &p);
    seg_prototypes_finish(&k->prototypes);
    seg_record_free(&rec);
}

static void
count_confidences(
    struct seg_confidence_counts *c, const struct cli_prediction *p)
{
    struct seg_err e;

    cli_check(seg_confidence_counts_add(
                  c, p->class, p->confidence, (size_t)p->h * p->w, &e),
        &e);
}

void
cli_pseudo_limits(struct cli_pseudo *k)
{
    struct seg_record rec = {0};
    struct cli_prediction p;

    while (next_corrected(k, &rec, &p))
        count_confidences(&k->all, &p);
    for (int i = 0; i < SEG_CLASSES; i++)
        k->limit[i] = seg_confidence_limit(&k->all, i, k->share);
    seg_record_free(&rec);
}

/* ---- output ---- */

/* The limits of the classes in an image: that of the input or that of the
   image, whichever trusts more pixels. */
static void
image_limits(struct cli_pseudo *k, int *limit, const struct cli_prediction *p)
{
    memcpy(limit, k->limit, sizeof k->limit);
    if (k->image_share < 0)
        return;
    seg_confidence_counts_clear(&k->one);
    count_confidences(&k->one, p);
    for (int i = 0; i < SEG_CLASSES; i++) {
        int own = seg_confidence_limit(&k->one, i, k->image_share);

        limit[i] = own > limit[i] ? own : limit[i];
    }
}

/* 1 for each pixel to which a further prediction gives another class; NULL if
   there is none. */
static uint8_t *
find_disputed(struct cli_pseudo *k, const struct seg_record *rec,
    const struct cli_prediction *p)
{
    size_t n = (size_t)p->h * p->w;
    struct seg_err e;

    if (!k->nagree)
        return NULL;
    uint8_t *disputed = cli_need(seg_take(&k->scratch, n, 1, &e), &e);
    for (int j = 0; j < k->nagree; j++) {
        const struct seg_record *other = cli_keyed_join(k->agree + j, rec);
        const uint8_t *class = cli_prediction_other(
            p, other, seg_reader_name(k->agree[j].reader), &k->known);

        for (size_t i = 0; i < n; i++)
            disputed[i] |= class[i] != p->class[i];
    }
    return disputed;
}

/* Writes the labels of an image and counts its pixels. */
static void
fill_label(struct cli_pseudo *k, struct seg_tensor *label,
    const struct seg_record *rec, const struct cli_prediction *p)
{
    int limit[SEG_CLASSES], shares = k->share >= 0 || k->image_share >= 0;
    struct seg_pseudo_image image = {.n = label->bytes,
        .class = p->class,
        .confidence = p->confidence,
        .disputed = find_disputed(k, rec, p),
        .truth = p->truth};
    struct seg_pseudo_rule rule = {.ignore = p->ignore,
        .above = (float)k->above,
        .limit = shares ? limit : NULL};

    if (shares)
        image_limits(k, limit, p);
    seg_pseudo_label(label->data, k->counts, &image, &rule);
    for (size_t i = 0; k->needs.features && i < image.n; i++)
        k->report.changed += p->class[i] != p->features.class[i];
}

/* 1 if the output has this tensor of the input. */
static int
is_kept(const struct cli_pseudo *k, const char *name)
{
    static const char *const dropped[] = {"label", "pred", "probs",
        "confidence", "entropy", "margin", "embedding", NULL};

    for (const char *const *d = dropped; *d; d++)
        if (!strcmp(*d, name))
            return 0;
    return !k->needs.features || strcmp(k->needs.features, name) ||
           !strcmp(name, "image");
}

static void
make_output(struct cli_pseudo *k, struct seg_record *out,
    const struct seg_record *rec, const struct cli_prediction *p)
{
    size_t shape[] = {(size_t)p->h, (size_t)p->w};
    struct seg_err e;

    seg_record_clear(out);
    cli_check(seg_record_inherit(out, rec, &e), &e);
    for (int i = 0; i < rec->ntensors; i++)
        if (is_kept(k, rec->tensors[i].name))
            cli_need(seg_record_borrow(out, rec->tensors + i, &e), &e);
    struct seg_tensor *label =
        cli_need(seg_record_add(out, "label", SEG_U8, 2, shape, &e), &e);
    fill_label(k, label, rec, p);
    k->report.without_image += !seg_record_find(out, "image");
}

void
cli_pseudo_write(struct cli_pseudo *k, struct seg_writer *w)
{
    struct seg_record rec = {0}, out = {0};
    struct cli_prediction p;
    struct cli_progress bar = {0};

    while (next_corrected(k, &rec, &p)) {
        make_output(k, &out, &rec, &p);
        cli_put(w, &out);
        cli_progress(&bar, "images", ++k->report.images, 0, NULL);
    }
    cli_progress_end(&bar);
    seg_record_free(&rec);
    seg_record_free(&out);
}

void
cli_pseudo_free(struct cli_pseudo *k)
{
    seg_arena_free(&k->arena);
    seg_arena_free(&k->scratch);
}
