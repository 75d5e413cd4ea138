#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/export/polygon_files.h"
#include "formats/polygon/labelme.h"
#include "lib/label/labelmap.h"
#include "lib/label/polygon_trace.h"

enum cli_polygon_format
cli_polygon_format(const char *choice)
{
    return !strcmp(choice, "labelme") ? CLI_LABELME
           : !strcmp(choice, "coco")  ? CLI_COCO
                                      : CLI_NO_POLYGONS;
}

/* The names of the ids that become polygons. */
static void
list_names(
    const char *name[256], struct seg_record *rec, const struct seg_tensor *t)
{
    struct seg_classes c;
    struct seg_err e;

    cli_check(seg_classes_read(&c, &rec->arena, rec, &e), &e);
    if (!c.n)
        cli_fail(SEG_EDATA,
            "%s: polygons have names of classes, and the record has none",
            seg_record_name(rec));
    cli_check(seg_classes_check(&c, t, seg_record_name(rec), &e), &e);
    for (int id = 0; id < c.n; id++) {
        if (strcmp(c.name[id], "background") &&
            strcmp(c.name[id], "_background_"))
            name[id] = c.name[id];
        if (!strcmp(c.name[id], "ignore"))
            cli_fail(SEG_EDATA,
                "%s: a class is named ignore: polygons of that name are "
                "ignored pixels",
                seg_record_name(rec));
    }
    name[c.ignore] = name[SEG_IGNORE] = "ignore";
}

/* The file of one record. */
static void
put_labelme(struct cli_polygon_files *files, struct seg_record *rec,
    const struct seg_polygons *p, const char *image)
{
    const char *last = strrchr(image, '/');
    struct cli_side_output out =
        cli_side_output_open(cli_key_path(files->items, rec, ".json"));

    seg_labelme_write(out.f, p, last ? last + 1 : image);
    cli_side_output_close(&out);
}

/* Adds a record to the file of all; the first one creates it. */
static void
put_coco(struct cli_polygon_files *files, struct seg_record *rec,
    const struct seg_polygons *p, const char *image)
{
    struct seg_err e;
    /* checks the key, and creates the directory */
    const char *path = cli_key_path(files->items, rec, ".json");

    if (!files->all.f) {
        path = cli_need(seg_take_text(&rec->arena, &e, "%s/annotations.json",
                            files->items->dir),
            &e);
        files->all = cli_side_output_open(cli_take_string(path));
        seg_coco_open(&files->coco, files->all.f);
    }
    cli_check(seg_coco_put(&files->coco, p, image, &e), &e);
}

void
cli_put_polygons(struct cli_polygon_files *files, struct seg_record *rec,
    const struct seg_tensor *t)
{
    const char *name[256] = {NULL}, *image;
    struct seg_polygons p;
    struct seg_err e;

    if (seg_record_meta(rec, "seg.scene"))
        cli_fail(SEG_EDATA, "%s: a scene in strips is not written as polygons",
            seg_record_name(rec));
    list_names(name, rec, t);
    cli_check(seg_polygon_trace(
                  &p, &rec->arena, t->data, t->shape[0], t->shape[1], name, &e),
        &e);
    image = cli_need(
        seg_take_text(&rec->arena, &e, "%s.png", seg_record_key(rec)), &e);
    if (files->format == CLI_LABELME)
        put_labelme(files, rec, &p, image);
    else
        put_coco(files, rec, &p, image);
}

void
cli_end_polygons(struct cli_polygon_files *files)
{
    if (files->all.f)
        seg_coco_close(&files->coco);
    cli_side_output_close(&files->all);
}
