#include <jansson.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "formats/polygon/json_file.h"
#include "formats/polygon/labelme.h"
#include "lib/base/text.h"

enum { CORNERS = 4, CIRCLE = 360 };

/* A shape, for messages: "a.json: shape 3". */
struct shape {
    const char *path;
    size_t number;
    const json_t *points;
};

int
seg_labelme_has_suffix(const char *path)
{
    size_t n = strlen(path);

    return n >= 5 && !strcasecmp(path + n - 5, ".json");
}

/* The four corners of a rectangle, or points on a circle. */
static void
complete(struct seg_polygon *p, int circle)
{
    const double pi = 3.14159265358979323846;
    double a[2] = {p->xy[0][0], p->xy[0][1]}, b[2] = {p->xy[1][0], p->xy[1][1]};
    double radius = hypot(b[0] - a[0], b[1] - a[1]);

    p->n = circle ? CIRCLE : CORNERS;
    for (int i = 0; i < (int)p->n; i++) {
        double angle = 2 * pi * i / CIRCLE;

        p->xy[i][0] = circle             ? a[0] + radius * cos(angle)
                      : i == 1 || i == 2 ? b[0]
                                         : a[0];
        p->xy[i][1] = circle   ? a[1] + radius * sin(angle)
                      : i >= 2 ? b[1]
                               : a[1];
    }
}

static int
read_shape(struct seg_polygon *p, struct seg_arena *a, const struct shape *s,
    const json_t *shape, struct seg_err *e)
{
    const char *name = json_string_value(json_object_get(shape, "label"));
    const char *type = json_string_value(json_object_get(shape, "shape_type"));
    int polygon = !type || !strcmp(type, "polygon");
    int circle = type && !strcmp(type, "circle");
    size_t n = json_array_size(s->points);

    if (!name)
        return seg_fail(
            e, SEG_EDATA, "%s: shape %zu: no label", s->path, s->number);
    if (seg_text_check_name(
            name, e, "%s: shape %zu: label", s->path, s->number))
        return -1;
    if (!polygon && !circle && strcmp(type, "rectangle"))
        return seg_fail(e, SEG_EDATA,
            "%s: shape %zu: shape_type %.40s; polygon, rectangle or circle "
            "expected",
            s->path, s->number, type);
    if (polygon ? n < 3 : n != 2)
        return seg_fail(e, SEG_EDATA, "%s: shape %zu: %zu points, %s expected",
            s->path, s->number, n, polygon ? "3 or more" : "2");
    *p = (struct seg_polygon){.name = seg_take_string(a, name, e),
        .n = n,
        .xy = seg_take(a, polygon ? n : CIRCLE, sizeof *p->xy, e)};
    if (!p->name || !p->xy)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (seg_json_point(p->xy[i], json_array_get(s->points, i), 0))
            return seg_fail(e, SEG_EDATA,
                "%s: shape %zu: point %zu is not two numbers up to 1000000",
                s->path, s->number, i);
    if (!polygon)
        complete(p, circle);
    return 0;
}

static size_t
side(const json_t *root, const char *name)
{
    json_int_t n = json_integer_value(json_object_get(root, name));

    return n > 0 ? (size_t)n : 0;
}

static int
read_root(struct seg_polygons *p, struct seg_arena *a, const char *path,
    const json_t *root, struct seg_err *e)
{
    const json_t *shapes = json_object_get(root, "shapes");

    if (!json_is_array(shapes))
        return seg_fail(e, SEG_EDATA,
            "%s: no list \"shapes\": a JSON file of labelme expected", path);
    *p = (struct seg_polygons){json_array_size(shapes), NULL,
        side(root, "imageWidth"), side(root, "imageHeight")};
    p->polygon = seg_take(a, p->n + 1, sizeof *p->polygon, e);
    if (!p->polygon)
        return -1;
    for (size_t i = 0; i < p->n; i++) {
        const json_t *shape = json_array_get(shapes, i);
        const struct shape s = {path, i, json_object_get(shape, "points")};

        if (read_shape(&p->polygon[i], a, &s, shape, e))
            return -1;
    }
    return 0;
}

int
seg_labelme_read(struct seg_polygons *p, struct seg_arena *a, const char *path,
    size_t max_bytes, struct seg_err *e)
{
    json_t *root = seg_json_file_read(path, max_bytes, e);
    int status = root ? read_root(p, a, path, root, e) : -1;

    json_decref(root);
    return status;
}
