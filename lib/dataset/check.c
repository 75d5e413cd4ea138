#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/hash.h"
#include "lib/dataset/check.h"

const char *const seg_check_names[] = {"size", "type", "bands", "classes",
    "value", "ignored", "empty", "nan", "nodata", "place", "exif", "key",
    "twice", "records", NULL};

void
seg_check_report(struct seg_check *c, struct seg_finding f)
{
    if (c->allowed >> f.kind & 1)
        return;
    f.file = c->file;
    c->findings++;
    c->report(&f, c->context);
}

static void
report(struct seg_check *c, const struct seg_record *rec,
    enum seg_check_kind kind, const char *value, const char *text)
{
    seg_check_report(c, (struct seg_finding){.kind = kind,
                            .key = seg_record_key(rec),
                            .value = value,
                            .text = text});
}

/* Reports pixel i of a tensor. */
static void
report_pixel(struct seg_check *c, const struct seg_record *rec,
    enum seg_check_kind kind, const struct seg_tensor *t, size_t i,
    const char *value, const char *text)
{
    seg_check_report(c, (struct seg_finding){.kind = kind,
                            .key = seg_record_key(rec),
                            .has_pixel = 1,
                            .x = i % t->shape[1],
                            .y = i / t->shape[1],
                            .value = value,
                            .text = text});
}

/* ---- images ---- */

static void
compare_with_first(struct seg_check *c, const struct seg_record *rec,
    const struct seg_tensor *t)
{
    char value[40], text[80];

    if (!c->first.rank)
        c->first = *t;
    if (t->type != c->first.type) {
        snprintf(text, sizeof text, "the first image is %s",
            seg_type_name(c->first.type));
        report(c, rec, SEG_CHECK_TYPE, seg_type_name(t->type), text);
    }
    if (seg_tensor_bands(t) != seg_tensor_bands(&c->first)) {
        snprintf(value, sizeof value, "%zu", seg_tensor_bands(t));
        snprintf(text, sizeof text, "the first image has %zu",
            seg_tensor_bands(&c->first));
        report(c, rec, SEG_CHECK_BANDS, value, text);
    }
}

/* Reports numbers that are not finite, unless the record declares NaN as
   nodata. */
static void
check_finite(struct seg_check *c, const struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_nodata *nodata)
{
    size_t n = seg_tensor_count(t), bad = 0, first = 0;
    char value[40], text[80];

    if (!seg_type_is_float(t->type))
        return;
    for (size_t i = n; i-- > 0;) {
        double v = seg_tensor_get(t, i);

        if (!isfinite(v) && !seg_nodata_is(nodata, t->type, v)) {
            bad++;
            first = i;
        }
    }
    if (!bad)
        return;
    double v = seg_tensor_get(t, first);
    snprintf(value, sizeof value, "%s",
        isnan(v) ? "nan"
        : v > 0  ? "inf"
                 : "-inf");
    snprintf(text, sizeof text, "%zu of %zu numbers are not finite", bad, n);
    report_pixel(
        c, rec, SEG_CHECK_NAN, t, first / seg_tensor_bands(t), value, text);
}

/*
 * Reports values that other programs use for nodata, if the record declares
 * none: the value must be the smallest of the image and occur at least twice
 * and in at least 0.1 % of the numbers.
 */
static void
check_undeclared(struct seg_check *c, const struct seg_record *rec,
    const struct seg_tensor *t)
{
    static const double usual[] = {
        -9999, -32768, -2147483648., -3.4028234663852886e38};
    size_t n = seg_tensor_count(t), count = 0, first = 0;
    double least = INFINITY;
    char value[40], text[120];
    int known = 0;

    for (size_t i = 0; i < n && t->type != SEG_U8 && t->type != SEG_U16; i++) {
        double v = seg_tensor_get(t, i);

        if (v < least) {
            least = v;
            count = 0;
            first = i;
        }
        count += v == least;
    }
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        known |= least == usual[i];
    if (!known || count < 2 || count < n / 1000)
        return;
    snprintf(value, sizeof value, "%.9g", least);
    snprintf(text, sizeof text,
        "%zu of %zu numbers; a usual nodata, which is not declared", count, n);
    report_pixel(
        c, rec, SEG_CHECK_NODATA, t, first / seg_tensor_bands(t), value, text);
}

/* Reports a class in the label at pixels that have no data in the image: the
   network would be trained on pixels without information. */
static void
check_gaps(struct seg_check *c, const struct seg_record *rec,
    const struct seg_tensor *t, const uint8_t *gap,
    const struct seg_tensor *label, int ignore)
{
    size_t n = t->shape[0] * t->shape[1], gaps = 0, bad = 0, first = 0;
    const uint8_t *id = label ? label->data : NULL;
    char value[20], text[80];

    for (size_t i = n; gap && i-- > 0;) {
        gaps += gap[i] != 0;
        if (gap[i] && id && id[i] != ignore) {
            bad++;
            first = i;
        }
    }
    if (gaps == n)
        report(
            c, rec, SEG_CHECK_NODATA, NULL, "no pixel of the image has data");
    if (!bad)
        return;
    snprintf(value, sizeof value, "%d", id[first]);
    snprintf(text, sizeof text,
        "a class where the image has no data; so are %zu pixels", bad);
    report_pixel(c, rec, SEG_CHECK_NODATA, t, first, value, text);
}

static int
check_nodata(struct seg_check *c, const struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_tensor *label,
    struct seg_err *e)
{
    struct seg_arena scratch = {0};
    struct seg_nodata nodata;
    struct seg_classes classes;
    uint8_t *gap;
    int same = label && label->type == SEG_U8 && label->rank == 2 &&
               label->shape[0] == t->shape[0] && label->shape[1] == t->shape[1];

    if (seg_nodata_get(&nodata, rec, e))
        return -1;
    check_finite(c, rec, t, &nodata);
    if (!nodata.declared)
        check_undeclared(c, rec, t);
    int status = !nodata.declared ? 0
                 : seg_nodata_map(&gap, &nodata, t, &scratch, e)
                     ? -1
                     : seg_classes_read(&classes, &scratch, rec, e);
    if (nodata.declared && !status)
        check_gaps(c, rec, t, gap, same ? label : NULL, classes.ignore);
    seg_arena_free(&scratch);
    return status;
}

/* A single value throughout.  Empty tiles and slices legitimately occur more
   than once. */
static int
is_uniform(const struct seg_tensor *t)
{
    size_t pixel = seg_tensor_bands(t) * seg_type_size(t->type);

    return t->bytes <= pixel ||
           !memcmp(t->data, (const char *)t->data + pixel, t->bytes - pixel);
}

static int
keep_origin(
    struct seg_check *c, const struct seg_record *rec, struct seg_err *e)
{
    struct seg_check_origin *list = seg_grow(
        &c->arena, c->origin, c->origins, &c->capacity, sizeof *list, e);

    if (!list)
        return -1;
    c->origin = list;
    const char *key = seg_take_string(&c->arena, seg_record_key(rec), e);
    if (!key)
        return -1;
    c->origin[c->origins++] = (struct seg_check_origin){c->file, key};
    return 0;
}

static int
check_twice(struct seg_check *c, const struct seg_record *rec,
    const struct seg_tensor *t, struct seg_err *e)
{
    struct seg_key_counter_slot *slot;
    uint64_t hash = seg_hash(t->shape, (size_t)t->rank * sizeof *t->shape);
    char text[600];

    if (is_uniform(t))
        return 0;
    hash = seg_hash_more(hash, t->data, t->bytes);
    if (seg_key_counter_add_hash(&c->images, hash, &slot, e))
        return -1;
    if (slot->count == 1) {
        slot->first = c->origins;
        return keep_origin(c, rec, e);
    }
    const struct seg_check_origin *o = c->origin + slot->first;
    snprintf(text, sizeof text, "the image of %.250s in %.250s%s", o->key,
        o->file, o->file == c->file ? "" : ", another split");
    report(c, rec, SEG_CHECK_TWICE, NULL, text);
    return 0;
}

/* ---- labels ---- */

/* The text is, for example, "class 0 is obj, back in the first record: ...".
   The first record that names its classes decides for all splits. */
static int
check_classes(struct seg_check *c, const struct seg_record *rec, int label,
    struct seg_err *e)
{
    const char *names = seg_record_meta(rec, "seg.classes");
    struct seg_err differ;

    c->known.arena = &c->arena;
    c->known.in = "in the first record";
    if (seg_known_classes_check(&c->known, rec, "", &differ)) {
        if (differ.kind != SEG_EDATA)
            return seg_fail(e, differ.kind, "%s", differ.text);
        report(c, rec, SEG_CHECK_CLASSES, NULL, differ.text + strlen(": "));
    }
    if (!names && label && (c->known.names || !c->classes))
        report(c, rec, SEG_CHECK_CLASSES, NULL,
            "no seg.classes: the label went through no label map");
    return 0;
}

static void
check_values(struct seg_check *c, const struct seg_record *rec,
    const struct seg_tensor *t, int classes, int ignore)
{
    uint64_t count[256] = {0}, labeled = 0, bad = 0;
    const uint8_t *id = t->data;
    char value[20], text[80];
    size_t first = 0;

    for (size_t i = 0; i < t->bytes; i++)
        count[id[i]]++;
    for (int v = 0; v < 256; v++) {
        if (v == ignore)
            continue;
        labeled += count[v];
        if (v < classes)
            c->pixels[v] += count[v];
        else if (classes)
            bad += count[v];
    }
    if (bad) {
        while (id[first] < classes || id[first] == ignore)
            first++;
        snprintf(value, sizeof value, "%d", id[first]);
        snprintf(text, sizeof text,
            "none of %d classes; so are %" PRIu64 " pixels", classes, bad);
        report_pixel(c, rec, SEG_CHECK_VALUE, t, first, value, text);
    }
    if (!labeled) {
        snprintf(value, sizeof value, "%d", ignore);
        report_pixel(c, rec, SEG_CHECK_IGNORED, t, 0, value, "no pixel counts");
    }
}

static void
count_unmapped(struct seg_check *c, const struct seg_tensor *t)
{
    for (size_t i = 0; i < t->bytes; i++)
        c->values[((const uint8_t *)t->data)[i]]++;
}

/* Reports labels in which 255 is probably a class and not the ignore value:
   masks of 0 and 255, and labels that ignore more than a quarter of all
   pixels. */
static void
check_unmapped(struct seg_check *c)
{
    char text[200];
    uint64_t of = 0, ignored = c->values[SEG_IGNORE];
    int binary = seg_labels_binary(c->values);

    for (int v = 0; v < 256; v++)
        of += c->values[v];
    if (!binary && ignored * 4 <= of)
        return;
    snprintf(text, sizeof text,
        "%" PRIu64 " of %" PRIu64 " pixels are ignored (%.0f %%)%s", ignored,
        of, 100 * (double)ignored / (double)of,
        binary ? "; the others are 0: a label map makes 255 a class" : "");
    seg_check_report(
        c, (struct seg_finding){
               .kind = SEG_CHECK_IGNORED, .value = "255", .text = text});
}

static int
check_label(struct seg_check *c, const struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_tensor *image,
    struct seg_err *e)
{
    struct seg_arena scratch = {0};
    struct seg_classes classes;
    char value[120], text[140], like[120];
    int status;

    if (image && (image->shape[0] != t->shape[0] ||
                     image->shape[1] != t->shape[1] || t->rank != 2)) {
        seg_tensor_describe(value, sizeof value, t);
        snprintf(text, sizeof text, "its image is %s",
            seg_tensor_describe(like, sizeof like, image));
        report(c, rec, SEG_CHECK_SIZE, value, text);
    }
    if (check_classes(c, rec, 1, e))
        return -1;
    if (t->rank != 2 || t->type != SEG_U8) {
        seg_tensor_describe(value, sizeof value, t);
        report(c, rec, SEG_CHECK_TYPE, value, "a label is [H,W] u8");
        return 0;
    }
    status = seg_classes_read(&classes, &scratch, rec, e);
    if (!status) {
        c->labels++;
        if (!classes.n && !c->known.names)
            count_unmapped(c, t);
        check_values(
            c, rec, t, classes.n ? classes.n : c->classes, classes.ignore);
    }
    seg_arena_free(&scratch);
    return status;
}

/* ---- records and splits ---- */

void
seg_check_begin(struct seg_check *c, const char *file)
{
    c->file = file;
    c->files++;
    c->labels = 0;
    c->earlier = c->records;
    memset(c->pixels, 0, sizeof c->pixels);
    memset(c->values, 0, sizeof c->values);
}

/* Returns t, or NULL after a report if t has no pixels. */
static const struct seg_tensor *
with_pixels(struct seg_check *c, const struct seg_record *rec,
    const struct seg_tensor *t)
{
    char value[120];

    if (!t || seg_tensor_count(t))
        return t;
    seg_tensor_describe(value, sizeof value, t);
    report(c, rec, SEG_CHECK_EMPTY, value, "no pixels");
    return NULL;
}

int
seg_check_record(
    struct seg_check *c, const struct seg_record *rec, struct seg_err *e)
{
    const struct seg_tensor *image = seg_record_find(rec, "image");
    const struct seg_tensor *label = seg_record_find(rec, "label");
    const char *exif = seg_record_meta(rec, "seg.exif");
    const char *key = seg_record_key(rec);
    struct seg_key_counter_slot *slot;

    c->records++;
    if (seg_key_counter_add_hash(&c->keys,
            seg_hash_more(
                seg_hash(&c->files, sizeof c->files), key, strlen(key)),
            &slot, e))
        return -1;
    if (slot->count == 2)
        report(c, rec, SEG_CHECK_KEY, NULL, "another record has this key");
    if (exif)
        report(c, rec, SEG_CHECK_EXIF, exif, "the image is stored turned");
    if (image && image->rank != 2 && image->rank != 3) {
        char value[120];

        seg_tensor_describe(value, sizeof value, image);
        report(c, rec, SEG_CHECK_SIZE, value, "an image is [H,W,C]");
        image = NULL;
    }
    image = with_pixels(c, rec, image);
    label = with_pixels(c, rec, label);
    if (image) {
        compare_with_first(c, rec, image);
        if (check_nodata(c, rec, image, label, e) ||
            check_twice(c, rec, image, e))
            return -1;
    }
    return label ? check_label(c, rec, label, image, e) : 0;
}

int
seg_check_end(struct seg_check *c, struct seg_err *e)
{
    struct seg_arena scratch = {0};
    struct seg_record rec = {0};
    struct seg_classes classes;
    int status = c->known.names
                     ? seg_record_set(&rec, "seg.classes", c->known.names, e)
                     : 0;

    check_unmapped(c);
    status = status ? status : seg_classes_read(&classes, &scratch, &rec, e);
    int n = status ? 0 : classes.n ? classes.n : c->classes;
    if (c->records == c->earlier)
        seg_check_report(c, (struct seg_finding){.kind = SEG_CHECK_RECORDS,
                                .text = "no records in this split"});
    for (int k = 0; c->labels && k < n; k++) {
        char value[20], text[300];

        if (c->pixels[k])
            continue;
        snprintf(value, sizeof value, "%d", k);
        snprintf(text, sizeof text, "class %.250s occurs nowhere",
            classes.n ? classes.name[k] : value);
        seg_check_report(
            c, (struct seg_finding){
                   .kind = SEG_CHECK_EMPTY, .value = value, .text = text});
    }
    seg_record_free(&rec);
    seg_arena_free(&scratch);
    return status;
}

void
seg_check_free(struct seg_check *c)
{
    seg_key_counter_free(&c->keys);
    seg_key_counter_free(&c->images);
    seg_arena_free(&c->arena);
}
