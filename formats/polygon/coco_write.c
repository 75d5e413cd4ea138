#include <math.h>
#include <string.h>

#include "formats/polygon/coco_write.h"
#include "formats/polygon/json_text.h"

struct seg_coco_image {
    const char *file;
    size_t h, w;
};

/* A polygon as pixels of its bounding box. */
struct box {
    size_t x, y, w, h;
    uint8_t *mask; /* [h,w] */
};

void
seg_coco_open(struct seg_coco_writer *w, FILE *f)
{
    *w = (struct seg_coco_writer){.f = f};
    fprintf(f, "{\"annotations\": [");
}

/* *id = the number of the category of this name, from 1. */
static int
find_category(
    size_t *id, struct seg_coco_writer *w, const char *name, struct seg_err *e)
{
    size_t i = 0;

    while (i < w->categories && strcmp(w->category[i], name) != 0)
        i++;
    *id = i + 1;
    if (i < w->categories)
        return 0;
    const char **list = seg_grow(
        &w->arena, w->category, i, &w->category_capacity, sizeof *list, e);
    if (!list)
        return -1;
    w->category = list;
    w->categories++;
    list[i] = seg_take_string(&w->arena, name, e);
    return list[i] ? 0 : -1;
}

static int
fill(struct box *b, struct seg_arena *a, const struct seg_polygon *p,
    struct seg_err *e)
{
    double low[2] = {HUGE_VAL, HUGE_VAL}, high[2] = {0, 0};
    struct seg_polygon moved = {
        .n = p->n, .xy = seg_take(a, p->n, sizeof *p->xy, e)};
    int64_t steps = INT64_MAX;

    if (!moved.xy)
        return -1;
    for (size_t i = 0; i < p->n; i++)
        for (int k = 0; k < 2; k++) {
            low[k] = fmin(low[k], p->xy[i][k]);
            high[k] = fmax(high[k], p->xy[i][k]);
        }
    for (size_t i = 0; i < p->n; i++)
        for (int k = 0; k < 2; k++)
            moved.xy[i][k] = p->xy[i][k] - low[k];
    *b = (struct box){(size_t)low[0], (size_t)low[1],
        (size_t)(high[0] - low[0]), (size_t)(high[1] - low[1]), NULL};
    b->mask = seg_take(a, b->h, b->w, e);
    uint8_t *crossing = seg_take(a, b->h, b->w + 1, e);
    return b->mask && crossing ? seg_polygon_fill(b->mask, crossing, b->w, b->h,
                                     &moved, 1, &steps)
                               : -1;
}

/* The text of runs, see runs.h. */
struct text {
    FILE *f;
    size_t n;       /* number of runs */
    int64_t run[2]; /* the last two, the older one first */
};

static void
put_run(struct text *t, size_t length)
{
    int64_t v = (int64_t)length - (t->n > 2 ? t->run[0] : 0);
    int more;

    do {
        int group = (int)(v & 31);

        v = (v - group) / 32;
        more = group & 16 ? v != -1 : v != 0;
        int c = 48 + group + 32 * more;
        if (c == '\\')
            fputc('\\', t->f);
        fputc(c, t->f);
    } while (more);
    t->run[0] = t->run[1];
    t->run[1] = (int64_t)length;
    t->n++;
}

/* Writes the runs of a box in an image; returns its number of pixels. */
static size_t
put_runs(FILE *f, const struct box *b, size_t h, size_t w)
{
    struct text t = {.f = f};
    size_t start = 0, end = 0, pixels = 0; /* the run that is not written */

    for (size_t x = 0; x < b->w; x++)
        for (size_t y = 0; y < b->h; y++) {
            size_t at = (b->x + x) * h + b->y + y;

            if (!b->mask[y * b->w + x])
                continue;
            pixels++;
            if (at != end || pixels == 1) {
                if (pixels > 1)
                    put_run(&t, end - start);
                put_run(&t, at - end);
                start = at;
            }
            end = at + 1;
        }
    put_run(&t, end - start);
    if (end < h * w)
        put_run(&t, h * w - end);
    return pixels;
}

static int
put_polygon(struct seg_coco_writer *w, const struct seg_polygons *p, size_t i,
    struct seg_err *e)
{
    struct seg_arena scratch = {0};
    struct box b;
    size_t id;

    if (find_category(&id, w, p->polygon[i].name, e))
        return -1;
    int status = fill(&b, &scratch, &p->polygon[i], e);
    if (!status) {
        fprintf(w->f,
            "%s\n  {\"id\": %zu, \"image_id\": %zu, \"category_id\": %zu, "
            "\"iscrowd\": %d, \"bbox\": [%zu, %zu, %zu, %zu], "
            "\"segmentation\": {\"size\": [%zu, %zu], \"counts\": \"",
            w->polygons ? "," : "", w->polygons + 1, w->images, id,
            !strcmp(p->polygon[i].name, "ignore"), b.x, b.y, b.w, b.h, p->h,
            p->w);
        w->polygons++;
        size_t pixels = put_runs(w->f, &b, p->h, p->w);
        fprintf(w->f, "\"}, \"area\": %zu}", pixels);
    }
    seg_arena_free(&scratch);
    return status;
}

int
seg_coco_put(struct seg_coco_writer *w, const struct seg_polygons *p,
    const char *file, struct seg_err *e)
{
    struct seg_coco_image *list = seg_grow(
        &w->arena, w->image, w->images, &w->image_capacity, sizeof *list, e);

    if (!list)
        return -1;
    w->image = list;
    list[w->images] = (struct seg_coco_image){
        seg_take_string(&w->arena, file, e), p->h, p->w};
    if (!list[w->images++].file)
        return -1;
    for (size_t i = 0; i < p->n; i++)
        if (put_polygon(w, p, i, e))
            return -1;
    return 0;
}

void
seg_coco_close(struct seg_coco_writer *w)
{
    fprintf(w->f, "],\n\"images\": [");
    for (size_t i = 0; i < w->images; i++) {
        const struct seg_coco_image *image = &w->image[i];

        fprintf(
            w->f, "%s\n  {\"id\": %zu, \"file_name\": ", i ? "," : "", i + 1);
        seg_json_text(w->f, image->file);
        fprintf(w->f, ", \"width\": %zu, \"height\": %zu}", image->w, image->h);
    }
    fprintf(w->f, "],\n\"categories\": [");
    for (size_t i = 0; i < w->categories; i++) {
        fprintf(w->f, "%s\n  {\"id\": %zu, \"name\": ", i ? "," : "", i + 1);
        seg_json_text(w->f, w->category[i]);
        fprintf(w->f, "}");
    }
    fprintf(w->f, "]}\n");
    seg_arena_free(&w->arena);
}
