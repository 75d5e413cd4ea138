#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "formats/polygon/annotations.h"
#include "formats/polygon/json_file.h"
#include "formats/polygon/runs.h"
#include "lib/base/text.h"

/* An image or a category by its id. */
struct entry {
    json_int_t id;
    struct seg_annotated_image *image;
    const char *name;
};

struct table {
    size_t n;
    struct entry *entry; /* sorted by id */
};

struct coco {
    const char *path;
    const json_t *root;
    struct seg_arena *arena, scratch;
    struct table images, categories;
};

static int
by_id(const void *a, const void *b)
{
    json_int_t x = ((const struct entry *)a)->id,
               y = ((const struct entry *)b)->id;

    return (x > y) - (x < y);
}

static const struct entry *
find(const struct table *t, const json_t *id)
{
    struct entry wanted = {.id = json_integer_value(id)};

    return json_is_integer(id)
               ? bsearch(&wanted, t->entry, t->n, sizeof wanted, by_id)
               : NULL;
}

/* Reads id and name of each object of the list `kind`. */
static int
read_table(struct table *t, struct coco *c, const char *kind,
    const char *name_key, struct seg_err *e)
{
    const json_t *list = json_object_get(c->root, kind);

    if (!json_is_array(list))
        return seg_fail(e, SEG_EDATA,
            "%s: no list \"%s\": COCO instances expected", c->path, kind);
    t->n = json_array_size(list);
    t->entry = seg_take(&c->scratch, t->n + 1, sizeof *t->entry, e);
    if (!t->entry)
        return -1;
    for (size_t i = 0; i < t->n; i++) {
        const json_t *object = json_array_get(list, i);
        const json_t *id = json_object_get(object, "id");
        const char *name = json_string_value(json_object_get(object, name_key));

        if (!json_is_integer(id) || !name)
            return seg_fail(e, SEG_EDATA,
                "%s: %s %zu: \"id\" is not a number, or \"%s\" no text",
                c->path, kind, i, name_key);
        if (seg_text_check_name(
                name, e, "%s: %s %zu: %s", c->path, kind, i, name_key))
            return -1;
        t->entry[i] = (struct entry){
            json_integer_value(id), NULL, seg_take_string(c->arena, name, e)};
        if (!t->entry[i].name)
            return -1;
    }
    return 0;
}

static int
sort(struct table *t, const struct coco *c, const char *kind, struct seg_err *e)
{
    qsort(t->entry, t->n, sizeof *t->entry, by_id);
    for (size_t i = 1; i < t->n; i++)
        if (t->entry[i - 1].id == t->entry[i].id)
            return seg_fail(e, SEG_EDATA,
                "%s: two %s have the id %" JSON_INTEGER_FORMAT, c->path, kind,
                t->entry[i].id);
    return 0;
}

static int
is_crowd(const json_t *annotation)
{
    const json_t *crowd = json_object_get(annotation, "iscrowd");

    return json_integer_value(crowd) || json_is_true(crowd);
}

/* The number of polygons of an annotation. */
static size_t
rings(const json_t *annotation)
{
    const json_t *s = json_object_get(annotation, "segmentation");

    return json_is_array(s) ? json_array_size(s) : 1;
}

/* ---- annotations ---- */

/* Counts the polygons of each image and takes memory for them. */
static int
count(struct coco *c, const json_t *list, struct seg_err *e)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *a = json_array_get(list, i);
        const struct entry *image =
            find(&c->images, json_object_get(a, "image_id"));

        if (!image || !find(&c->categories, json_object_get(a, "category_id")))
            return seg_fail(e, SEG_EDATA,
                "%s: annotation %zu: its %s is not in the file", c->path, i,
                image ? "category_id" : "image_id");
        image->image->polygons.n += rings(a);
    }
    for (size_t i = 0; i < c->images.n; i++) {
        struct seg_polygons *p = &c->images.entry[i].image->polygons;

        p->polygon = seg_take(c->arena, p->n + 1, sizeof *p->polygon, e);
        if (!p->polygon)
            return -1;
        p->n = 0;
    }
    return 0;
}

static int
read_ring(struct seg_polygon *p, struct coco *c, const json_t *ring, size_t i,
    struct seg_err *e)
{
    size_t n = json_array_size(ring);

    if (!json_is_array(ring) || n % 2)
        return seg_fail(e, SEG_EDATA,
            "%s: annotation %zu: a ring is not a list x, y, x, y ...", c->path,
            i);
    p->n = n / 2;
    p->xy = seg_take(c->arena, p->n + 1, sizeof *p->xy, e);
    if (!p->xy)
        return -1;
    for (size_t k = 0; k < p->n; k++)
        if (seg_json_point(p->xy[k], ring, 2 * k))
            return seg_fail(e, SEG_EDATA,
                "%s: annotation %zu: point %zu is not two numbers up to "
                "1000000",
                c->path, i, k);
    return 0;
}

static size_t
number(const json_t *v)
{
    json_int_t n = json_integer_value(v);

    return n > 0 ? (size_t)n : 0;
}

static int
read_runs(struct seg_polygon *p, struct coco *c, const json_t *s, size_t i,
    const struct seg_polygons *image, struct seg_err *e)
{
    const json_t *size = json_object_get(s, "size");
    const json_t *counts = json_object_get(s, "counts");
    struct seg_runs *r = seg_take(c->arena, 1, sizeof *r, e);
    char where[300];

    if (!r)
        return -1;
    p->runs = r;
    r->h = number(json_array_get(size, 0));
    r->w = number(json_array_get(size, 1));
    snprintf(where, sizeof where, "%.250s: annotation %zu", c->path, i);
    if (!r->w || !r->h || r->w > SEG_RUNS_SIDE || r->h > SEG_RUNS_SIDE ||
        (image->w && r->w != image->w) || (image->h && r->h != image->h))
        return seg_fail(e, SEG_EDATA,
            "%s: runs of %zux%zu pixels, those of its image expected", where,
            r->w, r->h);
    if (json_is_string(counts))
        return seg_runs_parse_coco(
            r, c->arena, json_string_value(counts), where, e);
    r->n = json_array_size(counts);
    r->run = seg_take(c->arena, r->n + 1, sizeof *r->run, e);
    if (!r->run)
        return -1;
    for (size_t k = 0; k < r->n; k++) {
        const json_t *v = json_array_get(counts, k);
        json_int_t n = json_is_integer(v) ? json_integer_value(v) : -1;

        r->run[k] = n < 0 || n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
    }
    return seg_runs_check(r, where, e);
}

/* Appends the polygons of annotation i. */
static int
read_annotation(struct coco *c, const json_t *a, size_t i, struct seg_err *e)
{
    const json_t *s = json_object_get(a, "segmentation");
    struct seg_polygons *image =
        &find(&c->images, json_object_get(a, "image_id"))->image->polygons;
    const char *name =
        find(&c->categories, json_object_get(a, "category_id"))->name;

    if (!json_is_object(s) && !json_array_size(s))
        return seg_fail(e, SEG_EDATA,
            "%s: annotation %zu: no segmentation, in polygons or runs", c->path,
            i);
    for (size_t k = 0; k < rings(a); k++) {
        struct seg_polygon *p = &image->polygon[image->n++];

        p->name = is_crowd(a) ? "ignore" : name;
        if (json_is_object(s) ? read_runs(p, c, s, i, image, e)
                              : read_ring(p, c, json_array_get(s, k), i, e))
            return -1;
    }
    return 0;
}

static int
read_root(struct seg_annotations *s, struct coco *c, struct seg_err *e)
{
    const json_t *list = json_object_get(c->root, "annotations");

    if (read_table(&c->images, c, "images", "file_name", e) ||
        read_table(&c->categories, c, "categories", "name", e))
        return -1;
    if (!json_is_array(list))
        return seg_fail(e, SEG_EDATA,
            "%s: no list \"annotations\": COCO instances expected", c->path);
    s->n = c->images.n;
    s->image = seg_take(c->arena, s->n + 1, sizeof *s->image, e);
    if (!s->image)
        return -1;
    for (size_t i = 0; i < s->n; i++) {
        const json_t *image =
            json_array_get(json_object_get(c->root, "images"), i);

        s->image[i].file = c->images.entry[i].name;
        s->image[i].polygons.w = number(json_object_get(image, "width"));
        s->image[i].polygons.h = number(json_object_get(image, "height"));
        c->images.entry[i].image = &s->image[i];
    }
    if (sort(&c->images, c, "images", e) ||
        sort(&c->categories, c, "categories", e) || count(c, list, e))
        return -1;
    for (int crowd = 1; crowd >= 0; crowd--)
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *a = json_array_get(list, i);

            if (is_crowd(a) == crowd && read_annotation(c, a, i, e))
                return -1;
        }
    return seg_annotations_sort(s, c->path, e);
}

int
seg_coco_read(struct seg_annotations *s, struct seg_arena *a, const char *path,
    size_t max_bytes, struct seg_err *e)
{
    json_t *root = seg_json_file_read(path, max_bytes, e);
    struct coco c = {.path = path, .root = root, .arena = a};

    *s = (struct seg_annotations){0, NULL};
    if (!root)
        return -1;
    int status = read_root(s, &c, e);
    json_decref(root);
    seg_arena_free(&c.scratch);
    return status;
}
