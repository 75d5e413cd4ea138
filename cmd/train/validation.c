#include <math.h>
#include <string.h>

#include "cmd/train/options.h"
#include "cmd/train/validation.h"
#include "lib/label/same_classes.h"
#include "lib/predict/pixel_outputs.h"
#include "lib/score/metrics.h"

static void
fail_without(const char *path, const char *missing)
{
    cli_fail(SEG_EDATA, "%s: no %s to validate with", path, missing);
}

/* Number of pixels of the record that are not ignored. */
static uint64_t
count_labeled(const struct seg_record *rec, const struct seg_batch *b)
{
    const struct seg_tensor *t = seg_record_find(rec, "label");
    const uint8_t *y = t ? t->data : NULL;
    uint64_t n = 0;

    for (size_t i = 0; t && t->type == SEG_U8 && i < t->bytes; i++)
        n += y[i] < b->classes && y[i] != b->ignore;
    return n;
}

/* Checks all records before the first step. */
static void
check_records(
    struct cli_validation *v, struct cli_training *t, const char *path)
{
    struct seg_err e;
    const struct seg_batch *b = &t->loop.input.batch;
    const char *names = seg_record_meta(&t->loop.input.rec, "seg.classes");
    char in[80], where[600];
    struct seg_known_classes known = {.arena = &t->arena,
        .in = names ? in : NULL,
        .names = names,
        .labeled = 1,
        .ignore = b->ignore};
    uint64_t labeled = 0;

    snprintf(in, sizeof in, "in %.70s", b->source);
    for (size_t i = 0; i < v->records; i++) {
        cli_check(seg_reader_at(v->reader, i, &v->rec, &e), &e);
        snprintf(where, sizeof where, "%s: %s", path,
            seg_record_short_name(&v->rec));
        cli_check(seg_known_classes_check(&known, &v->rec, where, &e), &e);
        cli_check(names ? 0
                        : seg_classes_compare_count(known.names, b->classes,
                              where, "in the training", &e),
            &e);
        labeled += count_labeled(&v->rec, b);
    }
    if (!labeled)
        fail_without(path, "labeled pixels");
}

void
cli_validation_open(
    struct cli_validation *v, struct cli_training *t, const char *path)
{
    struct seg_err e;
    const struct seg_batch *b = &t->loop.input.batch;

    v->reader = cli_reader(path);
    cli_check(seg_reader_index(v->reader, &v->records, &e), &e);
    if (!v->records)
        fail_without(path, "records");
    check_records(v, t, path);
    v->predictor = (struct seg_predictor){.net = cli_training_copy(t),
        .threads = cli.threads,
        .exact = cli.exact,
        .mem_limit = cli_training_left(t)};
    cli_check(seg_normalize_start(&v->predictor.normalize, &t->arena,
                  t->model.channels, &t->model.normalize, &e),
        &e);
    cli_check(
        seg_confusion_init(&v->confusion, &t->arena, b->classes, b->ignore, &e),
        &e);
}

static void
copy_weights(struct seg_net *to, const struct seg_net *from)
{
    for (int i = 0; i < seg_net_params(from); i++) {
        const struct seg_param *p = seg_net_param(from, i);
        memcpy(seg_net_param(to, i)->w, p->w, p->count * sizeof *p->w);
    }
    seg_net_changed(to);
}

/* The nodata pixels of an image: they are not scored. */
static const uint8_t *
find_gaps(
    struct cli_validation *v, const struct seg_tensor *image, const char *where)
{
    struct seg_err e;
    uint8_t *gap;

    cli_check(seg_nodata_map(
                  &gap, &v->predictor.normalize.nodata, image, &v->arena, &e),
        &e);
    if (!v->counted)
        seg_nodata_count_add(&v->gaps, image, gap, where);
    return gap;
}

static void
score_one(struct cli_validation *v, size_t number)
{
    struct seg_err e;
    char where[600];
    struct seg_predictor *p = &v->predictor;

    cli_check(seg_reader_at(v->reader, number, &v->rec, &e), &e);
    const char *key = seg_record_key(&v->rec);
    const char *path = seg_reader_name(v->reader);
    snprintf(where, sizeof where, "%s: %s", path, key);
    const struct seg_tensor *image = seg_record_find(&v->rec, "image");
    const struct seg_tensor *label = seg_record_find(&v->rec, "label");
    if (!image || !label)
        fail_without(where, image ? "label" : "image");
    cli_check(seg_normalize_prepare(&p->normalize, &v->rec, where, &e), &e);
    cli_check(seg_predictor_run(p, image, where, &e), &e);
    struct seg_tensor pred = {.name = "pred",
        .type = SEG_U8,
        .rank = 2,
        .shape = {(size_t)p->h, (size_t)p->w},
        .bytes = (size_t)p->h * p->w};
    seg_arena_reset(&v->arena);
    pred.data = cli_need(seg_take_dirty(&v->arena, pred.bytes, 1, &e), &e);
    struct seg_pixel_outputs outputs = {
        .w = p->w, .pred = pred.data, .gap = find_gaps(v, image, where)};
    cli_check(seg_predictor_rows(
                  p, 0, 0, p->h, seg_pixel_outputs_row, &outputs, where, &e),
        &e);
    cli_check(seg_confusion_add(&v->confusion, label, &pred, where, &e), &e);
}

double
cli_validation_score(struct cli_validation *v, const struct cli_training *t)
{
    copy_weights(v->predictor.net, t->loop.net);
    seg_confusion_clear(&v->confusion);
    for (size_t i = 0; i < v->records; i++)
        score_one(v, i);
    v->counted = 1;
    double miou = seg_score_all(&v->confusion, NULL).value[SEG_MIOU];
    if (!isfinite(miou))
        fail_without(seg_reader_name(v->reader), "labeled pixels");
    return miou;
}

void
cli_validation_close(struct cli_validation *v)
{
    cli_close_reader(v->reader);
    cli_warn_nodata(&v->gaps, "they are not scored in the validation");
    seg_predictor_free(&v->predictor);
    seg_net_free(v->predictor.net);
    seg_record_free(&v->rec);
    seg_arena_free(&v->arena);
}
