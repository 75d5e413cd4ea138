#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/polygon/annotations.h"
#include "formats/polygon/runs.h"
#include "formats/stream/file.h"
#include "lib/base/text.h"

enum { FILE_BYTES = 256 << 20, CORNERS = 4, CIRCLE = 360 };
static const double furthest = 1e6; /* coordinates beyond are refused */

struct shape {
    struct seg_polygon polygon;
    double z;     /* shapes are painted by z, */
    size_t order; /* those of one z as in the file */
};

struct reader {
    XML_Parser parser;
    const char *path;
    struct seg_arena *arena, scratch;
    struct seg_annotations *all;
    size_t capacity;
    int started;                       /* the first element was read */
    struct seg_annotated_image *image; /* that is being read, or NULL */
    struct shape *shape;               /* of it */
    size_t shapes, shape_capacity;
    const char **attribute; /* of the element: name, value, ... NULL */
    const char *element;
    int status;
    struct seg_err *e;
};

/* Fails with the line of the file. */
static int
fail(struct reader *r, const char *problem, const char *name)
{
    return seg_fail(r->e, SEG_EDATA, "%s:%lu: %.40s: %s%.60s", r->path,
        (unsigned long)XML_GetCurrentLineNumber(r->parser), r->element, problem,
        name);
}

/* The value of an attribute; NULL: it is missing. */
static const char *
text_of(const struct reader *r, const char *name)
{
    for (const char **a = r->attribute; *a; a += 2)
        if (!strcmp(*a, name))
            return a[1];
    return NULL;
}

/* The number at *text, which is followed by `end`, or by 0 at the end of the
   text; -1 if it is none, or above most. */
static int
parse_number(double *x, const char **text, char end, double most)
{
    char *rest;

    *x = strtod(*text, &rest);
    if (rest == *text || !(fabs(*x) <= most) || (*rest && *rest != end))
        return -1;
    *text = rest + (*rest != 0);
    return 0;
}

/* The value of an attribute, `missing` if there is none. */
static int
number_of(double *x, struct reader *r, const char *name, double missing)
{
    const char *text = text_of(r, name);

    *x = missing;
    if (text ? parse_number(x, &text, 0, furthest) : isnan(missing))
        return fail(r, "no number ", name);
    return 0;
}

/* The same for a whole number from 0 to most. */
static int
count_of(size_t *n, struct reader *r, const char *name, size_t most)
{
    double x;

    if (number_of(&x, r, name, NAN))
        return -1;
    if (x < 0 || x > (double)most || x != floor(x))
        return fail(r, "too large, or not whole: ", name);
    *n = (size_t)x;
    return 0;
}

/* ---- shapes ---- */

/* The number of parts of text, with `mark` between them. */
static size_t
parts(const char *text, char mark)
{
    size_t n = 1;

    while ((text = strchr(text, mark))) {
        text++;
        n++;
    }
    return n;
}

/* points="x,y;x,y;x,y" */
static int
read_polygon(struct seg_polygon *p, struct reader *r)
{
    const char *text = text_of(r, "points");

    if (!text || parts(text, ';') < 3)
        return fail(r, "not 3 or more ", "points");
    p->n = parts(text, ';');
    p->xy = seg_take(r->arena, p->n, sizeof *p->xy, r->e);
    if (!p->xy)
        return -1;
    for (size_t i = 0; i < p->n; i++)
        if (parse_number(&p->xy[i][0], &text, ',', furthest) ||
            parse_number(&p->xy[i][1], &text, ';', furthest))
            return fail(r, "a point is not two numbers up to 1000000", "");
    return *text ? fail(r, "not x,y;x,y: ", "points") : 0;
}

/* A rectangle or an ellipse, turned about its center by an angle in degrees. */
static int
read_box_or_ellipse(struct seg_polygon *p, struct reader *r, int corners)
{
    static const char *const box[] = {"xtl", "ytl", "xbr", "ybr"};
    static const char *const ellipse[] = {"cx", "cy", "rx", "ry"};
    const double pi = 3.14159265358979323846;
    double v[4], turn, c[2], radius[2];

    for (int i = 0; i < 4; i++)
        if (number_of(&v[i], r, (corners == 4 ? box : ellipse)[i], NAN))
            return -1;
    if (number_of(&turn, r, "rotation", 0))
        return -1;
    p->n = (size_t)corners;
    p->xy = seg_take(r->arena, p->n, sizeof *p->xy, r->e);
    if (!p->xy)
        return -1;
    for (int k = 0; k < 2; k++) {
        c[k] = corners == CORNERS ? (v[k] + v[k + 2]) / 2 : v[k];
        radius[k] = corners == CORNERS ? (v[k + 2] - v[k]) / 2 : v[k + 2];
    }
    for (int i = 0; i < corners; i++) {
        double angle = 2 * pi * i / corners, s = sin(turn * pi / 180),
               t = cos(turn * pi / 180), x = cos(angle), y = sin(angle);

        if (corners == CORNERS) {
            x = i == 1 || i == 2 ? 1 : -1;
            y = i >= 2 ? 1 : -1;
        }
        x *= radius[0];
        y *= radius[1];
        p->xy[i][0] = c[0] + x * t - y * s;
        p->xy[i][1] = c[1] + x * s + y * t;
    }
    return 0;
}

/* rle="3, 5, 4": runs of the rows of a rectangle */
static int
read_mask(struct seg_polygon *p, struct reader *r)
{
    const char *text = text_of(r, "rle");
    struct seg_runs *runs = seg_take(r->arena, 1, sizeof *runs, r->e);
    char where[300];
    double x;

    if (!runs || count_of(&runs->x, r, "left", SEG_RUNS_SIDE) ||
        count_of(&runs->y, r, "top", SEG_RUNS_SIDE) ||
        count_of(&runs->w, r, "width", SEG_RUNS_SIDE) ||
        count_of(&runs->h, r, "height", SEG_RUNS_SIDE))
        return -1;
    if (runs->x + runs->w > r->image->polygons.w ||
        runs->y + runs->h > r->image->polygons.h)
        return fail(r, "not inside its image", "");
    if (!text)
        return fail(r, "no ", "rle");
    runs->by_rows = 1;
    runs->n = parts(text, ',');
    runs->run = seg_take(r->arena, runs->n, sizeof *runs->run, r->e);
    if (!runs->run)
        return -1;
    for (size_t i = 0; i < runs->n; i++) {
        if (parse_number(&x, &text, ',', UINT32_MAX) || x < 0 || x != floor(x))
            return fail(r, "not whole numbers: ", "rle");
        runs->run[i] = (uint32_t)x;
    }
    p->runs = runs;
    snprintf(where, sizeof where, "%.250s:%lu: mask", r->path,
        (unsigned long)XML_GetCurrentLineNumber(r->parser));
    return seg_runs_check(runs, where, r->e);
}

static int
read_shape(struct reader *r)
{
    const char *kind = r->element, *label = text_of(r, "label");
    struct shape *list = seg_grow(&r->scratch, r->shape, r->shapes,
        &r->shape_capacity, sizeof *list, r->e);

    if (!list)
        return -1;
    r->shape = list;
    struct shape *s = &list[r->shapes];
    *s = (struct shape){.order = r->shapes++};
    if (!label)
        return fail(r, "no ", "label");
    if (seg_text_check_name(label, r->e, "%s: label", r->path) ||
        number_of(&s->z, r, "z_order", 0))
        return -1;
    s->polygon.name = seg_take_string(r->arena, label, r->e);
    if (!s->polygon.name)
        return -1;
    return !strcmp(kind, "polygon") ? read_polygon(&s->polygon, r)
           : !strcmp(kind, "box") ? read_box_or_ellipse(&s->polygon, r, CORNERS)
           : !strcmp(kind, "ellipse")
               ? read_box_or_ellipse(&s->polygon, r, CIRCLE)
           : !strcmp(kind, "mask")
               ? read_mask(&s->polygon, r)
               : fail(r, "polygon, box, ellipse or mask expected", "");
}

/* ---- images ---- */

static int
start_image(struct reader *r)
{
    struct seg_annotations *all = r->all;
    const char *name = text_of(r, "name");
    struct seg_annotated_image *list = seg_grow(
        r->arena, all->image, all->n, &r->capacity, sizeof *list, r->e);

    if (!list)
        return -1;
    all->image = list;
    r->image = &list[all->n];
    *r->image = (struct seg_annotated_image){.file = NULL};
    r->shapes = 0;
    if (!name)
        return fail(r, "no ", "name");
    if (seg_text_check_name(name, r->e, "%s: name", r->path) ||
        count_of(&r->image->polygons.w, r, "width", SEG_RUNS_SIDE) ||
        count_of(&r->image->polygons.h, r, "height", SEG_RUNS_SIDE))
        return -1;
    r->image->file = seg_take_string(r->arena, name, r->e);
    all->n++;
    return r->image->file ? 0 : -1;
}

static int
by_z(const void *a, const void *b)
{
    const struct shape *x = a, *y = b;

    return x->z != y->z ? (x->z > y->z) - (x->z < y->z)
                        : (x->order > y->order) - (x->order < y->order);
}

static int
end_image(struct reader *r)
{
    struct seg_polygons *p = &r->image->polygons;

    r->image = NULL;
    p->polygon = seg_take(r->arena, r->shapes + 1, sizeof *p->polygon, r->e);
    if (!p->polygon)
        return -1;
    if (r->shapes)
        qsort(r->shape, r->shapes, sizeof *r->shape, by_z);
    for (; p->n < r->shapes; p->n++)
        p->polygon[p->n] = r->shape[p->n].polygon;
    return 0;
}

/* ---- the parser ---- */

static int
read_element(struct reader *r)
{
    const char *kind = r->element;

    if (!r->started && strcmp(kind, "annotations"))
        return fail(r, "XML of CVAT expected: ", "annotations");
    r->started = 1;
    if (!strcmp(kind, "track"))
        return fail(r, "of a video; \"CVAT for images\" expected", "");
    if (!strcmp(kind, "image"))
        return r->image ? fail(r, "inside of another one", "") : start_image(r);
    /* Attributes of shapes, and tags of images, have no pixels. */
    return r->image && strcmp(kind, "attribute") && strcmp(kind, "tag")
               ? read_shape(r)
               : 0;
}

static void
stop(struct reader *r)
{
    r->status = -1;
    XML_StopParser(r->parser, XML_FALSE);
}

static void
on_start(void *reader, const char *name, const char **attribute)
{
    struct reader *r = reader;

    r->element = name;
    r->attribute = attribute;
    if (!r->status && read_element(r))
        stop(r);
}

static void
on_end(void *reader, const char *name)
{
    struct reader *r = reader;

    if (!r->status && r->image && !strcmp(name, "image") && end_image(r))
        stop(r);
}

/* A document type could define entities, which CVAT does not. */
static void
on_type(void *reader, const char *name, const char *system, const char *public,
    int subset)
{
    struct reader *r = reader;

    (void)system, (void)public, (void)subset;
    r->element = name;
    fail(r, "a document type is not expected", "");
    stop(r);
}

static int
parse(struct reader *r, const struct seg_file *file)
{
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetStartDoctypeDeclHandler(r->parser, on_type);
    if (XML_Parse(r->parser, file->data, (int)file->bytes, XML_TRUE) ||
        r->status)
        return r->status;
    enum XML_Error bad = XML_GetErrorCode(r->parser);
    if (bad == XML_ERROR_NO_MEMORY)
        return seg_fail(r->e, SEG_EMEM, "%s: out of memory", r->path);
    return seg_fail(r->e, SEG_EDATA, "%s:%lu: not XML: %.100s", r->path,
        (unsigned long)XML_GetCurrentLineNumber(r->parser),
        XML_ErrorString(bad));
}

int
seg_cvat_read(struct seg_annotations *s, struct seg_arena *a, const char *path,
    size_t max_bytes, struct seg_err *e)
{
    struct reader r = {.path = path, .arena = a, .all = s, .e = e};
    struct seg_file file;
    size_t most = max_bytes && max_bytes < FILE_BYTES ? max_bytes : FILE_BYTES;
    int status = seg_file_read(&file, &r.scratch, path, most, e);

    *s = (struct seg_annotations){0, NULL};
    if (!status) {
        r.parser = XML_ParserCreate(NULL);
        status = r.parser ? parse(&r, &file)
                          : seg_fail(e, SEG_EMEM, "%s: out of memory", path);
    }
    if (r.parser)
        XML_ParserFree(r.parser);
    seg_arena_free(&r.scratch);
    return status ? status : seg_annotations_sort(s, path, e);
}
