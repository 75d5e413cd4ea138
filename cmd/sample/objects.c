#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/sample/objects.h"
#include "cmd/sample/patch.h"
#include "lib/dataset/intensity.h"
#include "lib/image/mask.h"
#include "lib/label/labelmap.h"
#include "lib/label/same_classes.h"

/* The label image of a record with its objects; the data stay in the record. */
static struct seg_label_image
label_image(const struct seg_record *rec, const char *name)
{
    const struct seg_tensor *t = seg_record_find(rec, name);
    struct seg_err e;
    char text[120];
    int h, w;

    cli_check(seg_sample_size(&h, &w, rec, &e), &e);
    if (!t)
        cli_fail(SEG_EDATA, "%s: no tensor %s", seg_record_name(rec), name);
    if (t->type != SEG_U8 || t->rank != 2 || t->shape[0] != (size_t)h ||
        t->shape[1] != (size_t)w)
        cli_fail(SEG_EDATA, "%s: %s is %s, not [%d,%d] u8",
            seg_record_name(rec), name,
            seg_tensor_describe(text, sizeof text, t), h, w);
    return (struct seg_label_image){t->data, h, w};
}

static void
add_object(struct cli_objects *q, int item, int number, struct seg_arena *a)
{
    struct seg_err e;

    q->list = cli_need(
        seg_grow(a, q->list, q->n, &q->capacity, sizeof *q->list, &e), &e);
    q->list[q->n++] = (struct cli_object){item, number};
}

/* The class that opts.class means, or any. */
static int
class_of(const struct cli_objects *q, const char *names)
{
    return q->opts.class ? cli_find_class(q->opts.class, names) : SEG_ANY_CLASS;
}

void
cli_objects_start(struct cli_objects *q, struct seg_reader *in,
    const struct cli_object_options *o, struct seg_arena *a)
{
    struct seg_record rec = {0};
    struct seg_known_classes known = {.arena = a};
    struct seg_err e;

    *q = (struct cli_objects){
        .in = in, .opts = *o, .records = cli_index(in), .epoch = UINT64_MAX};
    for (int i = 0; i < q->records; i++) {
        struct seg_objects found;

        cli_check(seg_reader_at(in, (size_t)i, &rec, &e), &e);
        cli_check(
            seg_known_classes_check(&known, &rec, seg_record_name(&rec), &e),
            &e);
        struct seg_label_image image = label_image(&rec, o->tensor);
        cli_check(seg_objects_find(&found, o->kind, &image,
                      class_of(q, known.names), &rec.arena, &e),
            &e);
        for (int k = 0; k < found.n; k++)
            add_object(q, i, k, a);
    }
    seg_record_free(&rec);
    if (q->n > INT_MAX)
        cli_fail(SEG_EDATA, "%s: more than 2^31 objects", seg_reader_name(in));
    q->order = cli_need(seg_take(a, q->n + 1, sizeof *q->order, &e), &e);
}

/* The label becomes 1 in the object and 0 elsewhere: in the pixels of the mask
   if the label is the image of the objects, otherwise in its class. */
static void
make_binary(struct seg_record *rec, const struct cli_objects *q, int class,
    const uint8_t *mask)
{
    const struct seg_tensor *t = seg_record_find(rec, "label");
    int same = !strcmp(q->opts.tensor, "label");
    struct seg_err e;

    if (!t)
        return;
    const struct seg_label_image old = label_image(rec, "label");
    struct seg_tensor *label =
        cli_need(seg_record_add(rec, "label", SEG_U8, 2,
                     (size_t[]){(size_t)old.h, (size_t)old.w}, &e),
            &e);
    uint8_t *pixel = label->data;
    for (size_t i = 0; i < label->bytes; i++)
        pixel[i] = old.pixel[i] == SEG_IGNORE ? SEG_IGNORE
                   : same                     ? mask[i]
                                              : old.pixel[i] == class;
    seg_record_unset(rec, "seg.palette");
    cli_check(seg_record_set(rec, "seg.classes", "background\tobject", &e), &e);
}

/* Gives a record of the input what its patches are cut from: mask, binary
   label, and what it says of them. */
static struct seg_object
prepare(struct seg_record *rec, const struct cli_objects *q, int number)
{
    struct seg_label_image image = label_image(rec, q->opts.tensor);
    const struct seg_tensor *t = seg_record_find(rec, "image");
    size_t shape[] = {(size_t)image.h, (size_t)image.w};
    struct seg_objects found;
    struct seg_err e;
    char text[16];

    if (!t)
        cli_fail(SEG_EDATA, "%s: no tensor image", seg_record_name(rec));
    enum seg_type type = t->type;
    cli_check(
        seg_objects_find(&found, q->opts.kind, &image,
            class_of(q, seg_record_meta(rec, "seg.classes")), &rec->arena, &e),
        &e);
    const struct seg_object o = found.list[number];
    snprintf(text, sizeof text, "%d", o.class);
    cli_check(seg_record_set(rec, "seg.object", text, &e), &e);
    struct seg_tensor *mask =
        cli_need(seg_record_add(rec, CLI_MASK, SEG_U8, 2, shape, &e), &e);
    seg_object_mask(mask->data, &found, number, &image);
    if (!q->opts.keep_classes)
        make_binary(rec, q, o.class, mask->data);
    if (q->opts.no_mask) {
        seg_record_drop(rec, CLI_MASK);
        return o;
    }
    if (seg_record_meta(rec, "seg.mask"))
        cli_fail(SEG_EDATA, "%s: its image has a mask (seg.mask) already",
            seg_record_name(rec));
    cli_check(seg_intensity_append(rec, seg_mask_inside(type), &e), &e);
    return o;
}

/* Appends the number of the object to the key, as two objects may have the same
   window. */
static void
number_key(struct seg_record *out, int number)
{
    struct seg_err e;
    char *key = cli_need(
        seg_take_text(&out->arena, &e, "%s,%d", seg_record_key(out), number),
        &e);

    cli_check(seg_record_set(out, "seg.key", key, &e), &e);
}

/* Fills out with object number i in the order of the input, drawn as patch
   number `draw`.  Returns 1, or 0 if s accepts no patch. */
static int
cut_object(struct seg_record *out, const struct cli_objects *q,
    struct cli_intensities *whole, const struct seg_sample *s, size_t i,
    uint64_t draw)
{
    const struct cli_object *item = q->list + i;
    struct seg_record rec = {0};
    struct seg_box box;
    struct seg_err e;

    cli_check(seg_reader_at(q->in, (size_t)item->item, &rec, &e), &e);
    cli_intensities_set(whole, (size_t)item->item, &rec);
    const struct seg_object o = prepare(&rec, q, item->number);
    double margin = q->opts.margin * (o.h > o.w ? o.h : o.w);
    box = (struct seg_box){
        o.y - margin, o.x - margin, o.h + 2 * margin, o.w + 2 * margin};
    const struct cli_cut cut = {.rec = &rec,
        .s = s,
        .box = &box,
        .class = SEG_NO_CLASS,
        .index = draw,
        .draw = draw,
        .views = q->opts.views};
    int accepted = cli_cut_try(out, &cut);
    if (accepted)
        number_key(out, item->number);
    else
        cli_cut_warn(&rec);
    seg_record_free(&rec);
    return accepted;
}

void
cli_objects_put(struct seg_writer *w, const struct cli_objects *q,
    struct cli_intensities *whole, const struct seg_sample *s)
{
    struct seg_record out = {0};

    for (size_t i = 0; i < q->n; i++)
        if (cut_object(&out, q, whole, s, i, i))
            cli_put(w, &out);
    seg_record_free(&out);
}

void
cli_objects_draw(struct seg_record *out, struct cli_objects *q,
    struct cli_intensities *whole, const struct seg_sample *s, uint64_t draw)
{
    int accepted = 0, n = (int)q->n;

    if (!n)
        cli_fail(SEG_EDATA, "%s: no object in any %s", seg_reader_name(q->in),
            q->opts.tensor);
    int k = seg_sample_item(q->order, n, &q->epoch, s->seed, draw);

    for (int other = 0; other < n && !accepted; other++)
        accepted =
            cut_object(out, q, whole, s, (size_t)((k + other) % n), draw);
    if (!accepted)
        cli_fail(SEG_EDATA, "%s: no object has a suitable patch",
            seg_reader_name(q->in));
}
