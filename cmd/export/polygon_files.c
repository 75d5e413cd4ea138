#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/side_output.h"
#include "cmd/export/polygon_files.h"
#include "formats/polygon/labelme.h"
#include "lib/label/labelmap.h"
#include "lib/label/polygon_trace.h"

int
cli_is_polygon_format(const char *format)
{
    return !strcmp(format, "labelme");
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

void
cli_put_polygons(struct cli_key_files *items, struct seg_record *rec,
    const struct seg_tensor *t)
{
    const char *name[256] = {NULL}, *key = seg_record_key(rec);
    const char *last = strrchr(key, '/');
    struct seg_polygons p;
    struct seg_err e;

    if (seg_record_meta(rec, "seg.scene"))
        cli_fail(SEG_EDATA, "%s: a scene in strips is not written as polygons",
            seg_record_name(rec));
    list_names(name, rec, t);
    cli_check(seg_polygon_trace(
                  &p, &rec->arena, t->data, t->shape[0], t->shape[1], name, &e),
        &e);
    struct cli_side_output out =
        cli_side_output_open(cli_key_path(items, rec, ".json"));
    seg_labelme_write(out.f, &p,
        cli_need(
            seg_take_text(&rec->arena, &e, "%s.png", last ? last + 1 : key),
            &e));
    cli_side_output_close(&out);
}
