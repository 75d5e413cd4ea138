/*
 * seg-pretrain --loss image: one embedding for each image and for each
 * augmented view.  Labels are not read.  What makes two images a pair is noted
 * while records are read: the part of the volume (seg.volume or the key), the
 * class of the object (seg.object), the mean intensity in the mask.
 */
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/train/classes.h"
#include "cmd/train/contrast.h"
#include "cmd/train/options.h"
#include "formats/geometry/volume.h"
#include "lib/base/text.h"
#include "lib/dataset/key_group.h"
#include "lib/dataset/position.h"
#include "lib/loss/image.h"
#include "lib/zoo/zoo.h"

enum { CLASSES = 255, IGNORE = 255 };

struct task {
    struct seg_image_loss loss;
    struct seg_contrast_report report;
    const struct seg_batch *batch;
    int by_volume; /* positions by seg.volume, else by key */
    struct seg_positions positions;
    int *class;       /* passes,records */
    float *intensity; /* passes,views,records */
};

/* ---- what is noted of a record ---- */

static int
position_of(int *part, struct task *k, const struct seg_record *rec,
    const char *where, struct seg_err *e)
{
    int parts = cli_contrast_opts.parts, got;
    struct seg_volume v;

    if (k->by_volume) {
        got = seg_volume_get(&v, rec, e);
        if (got == 1)
            *part = seg_position_part(v.index, v.shape[v.axis], parts);
    } else {
        got = seg_positions_part(
            &k->positions, seg_record_key(rec), parts, part, e);
    }
    if (got)
        return got < 0 ? -1 : 0;
    return seg_fail(e, SEG_EDATA, "%s: %s", where,
        k->by_volume ? "no seg.volume, which other records have"
                     : "no slice number in the key, expected VOLUME_NUMBER");
}

static int
object_of(int *class, const struct seg_record *rec, const char *where,
    struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.object");

    if (!text)
        return seg_fail(
            e, SEG_EDATA, "%s: no seg.object, the class of the object", where);
    *class = seg_text_number(text, CLASSES - 1);
    if (*class < 0)
        return seg_fail(e, SEG_EDATA,
            "%s: seg.object is '%.20s', expected a class 0 to %d", where, text,
            CLASSES - 1);
    return 0;
}

/* True if the mask, the last band of the pixel, is not 0. */
static int
in_mask(const struct seg_tensor *image, size_t pixel)
{
    size_t c = image->shape[2],
           size = image->bytes / image->shape[0] / image->shape[1] / c;
    const char *p = (const char *)image->data + (pixel * c + c - 1) * size;

    for (size_t i = 0; i < size; i++)
        if (p[i])
            return 1;
    return 0;
}

/* Mean of the values of x that are not 0, in the mask; NaN: there are none. */
static float
mean_in_mask(const float *x, const struct seg_tensor *image)
{
    size_t c = image->shape[2], pixels = image->shape[0] * image->shape[1];
    double sum = 0, n = 0;

    for (size_t i = 0; i < pixels; i++) {
        if (!in_mask(image, i))
            continue;
        for (size_t j = 0; j + 1 < c; j++)
            if (x[i * c + j] != 0) {
                sum += x[i * c + j];
                n++;
            }
    }
    double mean = n > 0 ? sum / n : (double)__builtin_nanf("");
    return (float)(mean < -1 ? -1 : mean > 1 ? 1 : mean);
}

static int
intensity_of(struct task *k, int at, const struct seg_record *rec,
    const char *where, struct seg_err *e)
{
    static const char *const name[] = {"image", "image.1"};
    const char *masks = seg_record_meta(rec, "seg.mask");
    const struct seg_batch *b = k->batch;
    int pass = at / b->records, slot = at % b->records;

    if (!masks || strcmp(masks, "1") || b->normalize.c < 2)
        return seg_fail(e, SEG_EDATA,
            "%s: no seg.mask 1, an image whose last band is a mask", where);
    for (int v = 0; v < 2; v++)
        k->intensity[(pass * 2 + v) * b->records + slot] = mean_in_mask(
            seg_batch_image(b, at, v), seg_record_find(rec, name[v]));
    return 0;
}

static int
note(void *with, int at, const struct seg_record *rec, const char *where,
    struct seg_err *e)
{
    struct task *k = with;

    if (k->loss.positives == SEG_POSITIVES_POSITION &&
        position_of(k->class + at, k, rec, where, e))
        return -1;
    if (k->loss.positives == SEG_POSITIVES_OBJECT &&
        object_of(k->class + at, rec, where, e))
        return -1;
    return k->intensity ? intensity_of(k, at, rec, where, e) : 0;
}

/* Reads the keys of all records: the number of slices of each volume. */
static void
read_positions(struct task *k, struct cli_training *t)
{
    const char *path = t->loop.input.batch.source;
    struct seg_record rec = {0};
    struct seg_volume v;
    struct seg_err e;
    size_t bytes;
    int got;

    k->by_volume = cli_check(seg_volume_get(&v, &t->loop.input.rec, &e), &e);
    k->positions.pattern = cli_contrast_opts.group;
    if (k->positions.pattern)
        cli_check(seg_key_group_check(k->positions.pattern, &e), &e);
    if (k->by_volume && k->positions.pattern)
        cli_usage("--group: the records name their volumes themselves "
                  "(seg.volume)");
    if (k->by_volume)
        return;
    seg_reader_position(t->reader, &bytes);
    if (!bytes)
        cli_usage("--positives position: without seg.volume the slices of a "
                  "volume are counted, so the input must be a file, no pipe");
    struct seg_reader *r = cli_reader(path);
    while ((got = cli_check(seg_reader_next(r, &rec, &e), &e)))
        cli_check(
            seg_positions_add(&k->positions, seg_record_key(&rec), &e), &e);
    cli_discard_reader(r);
    seg_record_free(&rec);
}

/* ---- the loss ---- */

static double
contrast(void *with, struct seg_value *out, const uint8_t *label, uint64_t pass)
{
    struct task *k = with;
    int n = k->batch->records, at = (int)(pass % (uint64_t)k->batch->passes);

    (void)label;
    if (k->loss.positives != SEG_POSITIVES_VIEW)
        seg_image_loss_classes(&k->loss, k->class + at * n);
    if (k->intensity)
        memcpy(k->loss.intensity, k->intensity + at * 2 * n,
            2 * (size_t)n * sizeof *k->intensity);
    return seg_image_loss(&k->loss, out->dx, out->x, &k->report);
}

static const char *
project(struct cli_training *t)
{
    const struct cli_contrast_opts *o = &cli_contrast_opts;
    struct seg_image_projection p = {.node = o->at,
        .layers = o->layers,
        .hidden = o->hidden,
        .embedding = o->embedding,
        .linear = o->head == CLI_LINEAR};
    struct seg_err e;

    if (!p.node)
        cli_training_backbone(t, &p.node);
    return cli_need(
        seg_zoo_image_projection(&t->arena, seg_net_text(t->model.net),
            cli_training_opts.model, &p, &e),
        &e);
}

void
cli_whole_image_start(struct cli_training *t)
{
    const struct cli_contrast_opts *o = &cli_contrast_opts;
    struct task *k = cli_take(1, sizeof *k);
    struct seg_batch *b = &t->loop.input.batch;
    struct seg_err e;

    cli_training_unlabeled(t);
    if (o->positives == SEG_POSITIVES_POSITION)
        read_positions(k, t);
    cli_training_head(t, project(t), 0);
    cli_training_plan(t, 2, 1, IGNORE, NULL);
    k->batch = b;
    k->loss = (struct seg_image_loss){.positives = o->positives,
        .tau = o->tau,
        .classes = o->positives == SEG_POSITIVES_POSITION ? o->parts : CLASSES,
        .weigh = o->weigh,
        .threads = cli.threads,
        .n = b->records,
        .d = seg_net_output(t->loop.net)->c};
    size_t items = (size_t)b->passes * b->records;
    k->class = cli_need(seg_take(&t->arena, items, sizeof *k->class, &e), &e);
    if (o->weigh)
        k->intensity = cli_need(
            seg_take(&t->arena, 2 * items, sizeof *k->intensity, &e), &e);
    cli_check(seg_image_loss_plan(&k->loss, &t->arena, &e), &e);
    b->also = note;
    b->with = k;
    t->loop.task = (struct seg_task){.loss = contrast, .with = k};
    cli_contrast_columns(t, &k->report);
}
