#include <string.h>

#include "cmd/cli/units.h"
#include "cmd/predict/predict.h"
#include "lib/label/labelmap.h"
#include "lib/label/same_classes.h"

/* Prints, for example, "scene: 30000 x 30000 x 4 in 3844 windows of 512 x 512,
   about 213 MiB", if no earlier image needed as much memory. */
static void
print_memory(const struct seg_windows *q, size_t waiting, const char *where)
{
    static size_t printed;
    size_t bytes = q->bytes + waiting;

    if (bytes <= printed)
        return;
    printed = bytes;
    cli_note("%s: %d x %d x %d in %ld windows of %d x %d, about %.1f MiB",
        where, q->w, q->h, q->c, (long)q->spans[0] * q->spans[1],
        q->span[1]->size, q->span[0]->size, (double)bytes / (1 << 20));
}

/* Predicts the image once, whole or by windows; has the type
   seg_score_image. */
static int
score(void *with, const struct seg_tensor *image, seg_take_row *take,
    void *take_with, const char *where, struct seg_err *e)
{
    struct cli_predict *k = with;
    struct seg_windows *q = &k->windows;
    struct seg_predictor *p = &k->predictor;

    if (!q->size[0])
        return seg_predictor_run(p, image, where, e) ||
                       seg_predictor_rows(
                           p, 0, 0, p->h, take, take_with, where, e)
                   ? -1
                   : 0;
    q->take = take;
    q->with = take_with;
    q->mem_limit = cli.mem_limit;
    if (seg_predictor_check(image, where, e) ||
        seg_windows_start(q, (int)image->shape[0], (int)image->shape[1],
            (int)image->shape[2], image->type, where, e))
        return -1;
    print_memory(q, 0, where);
    return seg_windows_push(q, image, where, e);
}

/* Nonzero, with a message in e, if the record names other classes than the
   model. */
static int
other_classes(
    const struct cli_predict *k, const struct seg_record *in, struct seg_err *e)
{
    const char *names = seg_record_meta(in, "seg.classes"),
               *own = seg_record_meta(&k->model.about, "seg.classes");
    char where[600], in_model[80];

    if (!(k->emit & CLI_OF_PIXELS))
        return 0;
    snprintf(where, sizeof where, "%.400s: %.180s", k->file,
        seg_record_short_name(in));
    snprintf(in_model, sizeof in_model, "in %.70s", k->model_name);
    return own ? seg_classes_compare(names, own, where, in_model, e)
               : seg_classes_compare_count(
                     names, k->classes, where, in_model, e);
}

/* 1 if a tensor of class ids is copied to the output. */
static int
copies_label(const struct cli_predict *k, const struct seg_record *in)
{
    for (int i = 0; i < in->ntensors; i++) {
        const struct seg_tensor *t = in->tensors + i;

        if (t->rank == 2 && t->type == SEG_U8 && cli_listed(k->keep, t->name))
            return 1;
    }
    return 0;
}

/* Copies the metadata.  Class names and colors are those of the model if the
   input has none, or different ones. */
static void
describe(const struct cli_predict *k, struct seg_record *out,
    const struct seg_record *in)
{
    struct seg_err e;

    cli_check(seg_record_inherit(out, in, &e), &e);
    if (other_classes(k, in, &e)) {
        if (copies_label(k, in))
            cli_fail(SEG_EDATA, "%s; --copy none leaves the label out", e.text);
        for (const char *const *key = seg_classes_keys; *key; key++)
            seg_record_unset(out, *key);
    }
    for (const char *const *key = seg_classes_keys; *key; key++) {
        const char *value = seg_record_meta(&k->model.about, *key);

        if (value && !seg_record_meta(out, *key))
            cli_check(seg_record_set(out, *key, value, &e), &e);
    }
}

/* Finds the pixels without data, whose prediction is fixed. */
static void
find_nodata(struct cli_predict *k, struct cli_pending *a,
    const struct seg_tensor *image, const char *where)
{
    struct seg_err e;
    uint8_t *nodata;

    cli_check(seg_nodata_map(&nodata, &k->predictor.normalize.nodata, image,
                  &a->rec.arena, &e),
        &e);
    seg_nodata_count_add(&k->undeclared, image, nodata, where);
    a->nodata = nodata;
}

/* Sets the label to the ignore value at pixels without data. */
static void
ignore_nodata(const struct cli_pending *a, struct seg_tensor *label)
{
    struct seg_err e;
    struct seg_classes c;
    struct seg_arena scratch = {0};

    if (label->type != SEG_U8 || label->rank != 2)
        return;
    cli_check(seg_classes_read(&c, &scratch, &a->rec, &e), &e);
    seg_nodata_ignore(label->data, a->nodata, label->bytes, c.ignore);
    seg_arena_free(&scratch);
}

/* Copies metadata and the tensors of --copy to the output.  wait: the output
   outlives the input, so it needs its own copy of the data.  Returns the bytes
   of these tensors. */
static size_t
copy_inputs(struct cli_predict *k, struct cli_pending *a,
    const struct seg_record *in, int wait)
{
    struct seg_record *out = &a->rec;
    struct seg_err e;
    size_t bytes = 0;

    describe(k, out, in);

    for (int i = 0; i < in->ntensors; i++) {
        const struct seg_tensor *t = in->tensors + i;

        if (!cli_listed(k->keep, t->name))
            continue;
        int label = a->nodata && !strcmp(t->name, "label"),
            copy = wait || label;
        struct seg_tensor *to = cli_need(
            copy ? seg_record_add(out, t->name, t->type, t->rank, t->shape, &e)
                 : seg_record_borrow(out, t, &e),
            &e);
        if (copy)
            memcpy(to->data, t->data, t->bytes);
        if (label)
            ignore_nodata(a, to);
        bytes += t->bytes;
    }
    return bytes;
}

static void
predict_image(struct cli_predict *k, const struct seg_record *in,
    const struct seg_tensor *image, const char *where)
{
    struct seg_err e;
    struct cli_pending_queue *q = &k->pending;
    struct cli_pending *a = cli_pending_queue_add(q);
    int several = !seg_tta_plain(&k->tta);
    int status;

    k->tta.score = score;
    k->tta.with = k;
    k->tta.predictor = &k->predictor;
    cli_check(seg_predictor_check(image, where, &e), &e);
    find_nodata(k, a, image, where);
    copy_inputs(k, a, in, 0);
    cli_pending_alloc(a, k->emit, 0, (int)image->shape[0], (int)image->shape[1],
        k->classes, several && !k->tta.of_scores);
    if (!(k->emit & CLI_OF_PIXELS))
        status = seg_predictor_run(&k->predictor, image, where, &e);
    else if (several)
        status = seg_tta_run(
            &k->tta, image, k->classes, cli_pending_queue_take, q, where, &e);
    else
        status = score(k, image, cli_pending_queue_take, q, where, &e);
    cli_check(status, &e);
    cli_nodes_put(&k->nodes, &k->predictor, 0, &a->rec);
    cli_pending_queue_write(q, k->out, a->outputs.h);
}

/* Prepares the windows of a scene at its first strip.  kept: bytes of copied
   input tensors of a strip, for the estimate of the strips that wait. */
static void
begin_scene(struct cli_predict *k, const struct seg_strip *s,
    const struct seg_tensor *image, size_t kept, const char *where)
{
    struct seg_err e;
    struct seg_windows *q = &k->windows;
    size_t row = (size_t)s->all_w * cli_emit_bytes(k->emit, k->classes) +
                 kept / (size_t)s->h;
    size_t waiting = (size_t)(q->size[0] + s->h) * row + kept + image->bytes;

    if (!q->size[0])
        cli_fail(SEG_EDATA,
            "%s: a strip of a scene of %d x %d requires --window", where,
            s->all_w, s->all_h);
    if (!seg_tta_plain(&k->tta))
        cli_fail(SEG_EDATA,
            "%s: a scene in strips excludes --scales, --flip and --rotate",
            where);
    q->take = cli_pending_queue_take;
    q->with = &k->pending;
    if (cli.mem_limit && waiting >= cli.mem_limit)
        cli_fail(SEG_EMEM, "%s: its strips take %zu bytes, the limit is %zu",
            where, waiting, cli.mem_limit);
    q->mem_limit = cli.mem_limit ? cli.mem_limit - waiting : 0;
    cli_check(seg_windows_start(q, s->all_h, s->all_w, (int)image->shape[2],
                  image->type, where, &e),
        &e);
    print_memory(q, waiting, where);
}

static void
predict_strip(struct cli_predict *k, const struct seg_record *in,
    const struct seg_tensor *image, const char *where)
{
    struct seg_err e;
    struct seg_windows *q = &k->windows;
    struct cli_pending *a = cli_pending_queue_add(&k->pending);
    const struct seg_strip *s = &k->strips.last;

    cli_check(seg_predictor_check(image, where, &e), &e);
    find_nodata(k, a, image, where);
    size_t kept = copy_inputs(k, a, in, 1);
    if (!s->y)
        begin_scene(k, s, image, kept, where);
    if (image->shape[2] != (size_t)q->c || image->type != q->type)
        cli_fail(SEG_EDATA,
            "%s: %zu bands of %s, the strips before have %d of %s", where,
            image->shape[2], seg_type_name(image->type), q->c,
            seg_type_name(q->type));
    cli_pending_alloc(a, k->emit, s->y, s->h, s->all_w, k->classes, 0);
    cli_check(seg_windows_push(q, image, where, &e), &e);
    cli_pending_queue_write(&k->pending, k->out, q->delivered);
}

static void
name_record(char where[600], const struct cli_request *in)
{
    snprintf(where, 600, "%s: %s", in->file, seg_record_short_name(&in->rec));
}

/* Predicts one record. */
static void
predict_record(struct cli_predict *k, const struct cli_request *in)
{
    struct seg_err e;
    char where[600];
    const struct seg_tensor *image = seg_record_find(&in->rec, "image");

    name_record(where, in);
    if (!image)
        cli_fail(SEG_EDATA, "%s: no tensor image", where);
    k->file = in->file;
    cli_check(
        seg_normalize_prepare(&k->predictor.normalize, &in->rec, where, &e),
        &e);
    cli_warn_units(&k->predictor.normalize, &in->rec, where);
    if (cli_check(seg_strips_next(&k->strips, &in->rec, &e), &e))
        predict_strip(k, &in->rec, image, where);
    else
        predict_image(k, &in->rec, image, where);
}

/* ---- batches ---- */

/* Pixels in a batch, so that reading the weights takes a small share of the
   time. */
enum { PIXELS = 1 << 16 };

int
cli_predict_batch_size(
    const struct cli_predict *k, const struct seg_record *rec)
{
    const struct seg_tensor *t = seg_record_find(rec, "image");

    if (k->windows.size[0] || !seg_tta_plain(&k->tta) || !t || t->rank != 3 ||
        !t->bytes || seg_record_meta(rec, "seg.scene"))
        return 1;
    size_t n = PIXELS / (t->shape[0] * t->shape[1]);
    return n < 1 ? 1 : n < CLI_BATCH ? (int)n : CLI_BATCH;
}

int
cli_predict_same_size(
    const struct seg_record *rec, const struct seg_record *other)
{
    const struct seg_tensor *a = seg_record_find(rec, "image");
    const struct seg_tensor *b = seg_record_find(other, "image");

    return a && b && b->rank == 3 && a->shape[0] == b->shape[0] &&
           a->shape[1] == b->shape[1] && !seg_record_meta(other, "seg.scene");
}

/* Writes the prediction of image i of the batch. */
static void
write_prediction(struct cli_predict *k, const struct cli_request *in, int i)
{
    struct seg_err e;
    struct seg_predictor *p = &k->predictor;
    struct cli_pending *a = cli_pending_queue_add(&k->pending);
    const struct seg_tensor *image = seg_record_find(&in->rec, "image");
    char where[600];

    k->file = in->file;
    name_record(where, in);
    cli_check(seg_nodata_get(&p->normalize.nodata, &in->rec, &e), &e);
    find_nodata(k, a, image, where);
    copy_inputs(k, a, &in->rec, 0);
    cli_pending_alloc(a, k->emit, 0, p->h, p->w, k->classes, 0);
    if (k->emit & CLI_OF_PIXELS)
        cli_check(seg_predictor_rows(p, i, 0, p->h, cli_pending_queue_take,
                      &k->pending, where, &e),
            &e);
    cli_nodes_put(&k->nodes, p, i, &a->rec);
    cli_pending_queue_write(&k->pending, k->out, p->h);
}

/* If the memory does not suffice for the batch, predicts them one by one. */
void
cli_predict_records(struct cli_predict *k, const struct cli_request *in, int n)
{
    struct seg_err e;
    struct seg_predictor *p = &k->predictor;
    const struct seg_tensor *t = seg_record_find(&in->rec, "image");
    int one_by_one = n == 1 || seg_predictor_fit(p, n, (int)t->shape[0],
                                   (int)t->shape[1], &e);

    for (int i = 0; one_by_one && i < n; i++)
        predict_record(k, in + i);
    if (one_by_one)
        return;
    seg_normalize_reset_extreme(&p->normalize);
    for (int i = 0; i < n; i++) {
        const struct seg_record *rec = &in[i].rec;
        char where[600];

        name_record(where, in + i);
        cli_check(seg_normalize_prepare(&p->normalize, rec, where, &e), &e);
        cli_warn_units(&p->normalize, rec, where);
        cli_check(
            seg_predictor_put(p, i, seg_record_find(rec, "image"), where, &e),
            &e);
    }
    seg_predictor_forward(p);
    for (int i = 0; i < n; i++)
        write_prediction(k, in + i, i);
}

void
cli_predict_end(struct cli_predict *k)
{
    struct seg_err e;

    cli_check(seg_strips_end(&k->strips, &e), &e);
    cli_warn_nodata(&k->undeclared, "they are 255 in the prediction");
    seg_strips_free(&k->strips);
    cli_pending_queue_free(&k->pending);
    seg_tta_free(&k->tta);
    seg_windows_free(&k->windows);
    seg_predictor_free(&k->predictor);
    seg_model_free(&k->model);
    seg_arena_free(&k->arena);
}
