#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/view/panels.h"
#include "lib/view/errors.h"

enum { IMAGE, LABEL, PRED, ERRORS, CELLS };

/* A record, and what is made of it. */
struct look {
    const struct cli_panels *cells;
    struct seg_record *rec;
    const struct seg_tensor *image, *label, *pred;
    struct seg_classes classes, kinds;
    struct seg_tensor errors;
    struct seg_cell cell[CELLS];
    int n;
};

static void __attribute__((noreturn))
no_tensor(const struct look *l, const char *what)
{
    cli_fail(SEG_EDATA, "%s: no tensor %s", seg_record_name(l->rec), what);
}

static void
add(struct look *l, const struct seg_tensor *image,
    const struct seg_tensor *classes)
{
    int errors = classes && classes == &l->errors;

    l->cell[l->n++] = (struct seg_cell){
        image, classes, errors ? &l->kinds : &l->classes, errors};
}

static int
class_number(const struct look *l, const char *name)
{
    for (int i = 0; i < l->classes.n; i++)
        if (!strcmp(l->classes.name[i], name))
            return i;
    cli_fail(SEG_EDATA, "%s: no class %s", seg_record_name(l->rec), name);
}

static void
find_errors(struct look *l)
{
    const char *class = l->cells->class;
    struct seg_err e;

    if (!l->label || !l->pred)
        no_tensor(l, l->label ? "pred" : "label");
    cli_check(seg_errors_classes(&l->kinds, &l->rec->arena, &e), &e);
    cli_check(seg_errors_map(&l->errors, &l->rec->arena, l->label, l->pred,
                  class ? class_number(l, class) : -1, l->classes.ignore,
                  seg_record_name(l->rec), &e),
        &e);
}

static const struct seg_tensor *
chosen_classes(const struct look *l)
{
    const char *name = l->cells->tensor;
    const struct seg_tensor *t = name      ? seg_record_find(l->rec, name)
                                 : l->pred ? l->pred
                                           : l->label;

    if (l->cells->errors)
        return &l->errors;
    if (!t)
        no_tensor(l, name ? name : "pred or label");
    return t;
}

static void
choose(struct look *l)
{
    enum cli_view view = l->cells->view;

    if (view == CLI_OVERLAY && !l->image)
        no_tensor(l, "image");
    if (l->cells->errors)
        find_errors(l);
    if (view != CLI_SIDE) {
        add(l, view == CLI_OVERLAY ? l->image : NULL, chosen_classes(l));
        return;
    }
    if (l->image)
        add(l, l->image, NULL);
    if (l->label)
        add(l, l->image, l->label);
    if (l->pred)
        add(l, l->image, l->pred);
    if (l->cells->errors)
        add(l, l->image, &l->errors);
    if (!l->n)
        no_tensor(l, "image, label or pred");
}

static void
explain(const struct look *l)
{
    struct seg_err e;

    if (l->cells->known)
        cli_check(seg_classes_follow_list(l->cells->known,
                      seg_record_meta(l->rec, "seg.classes"),
                      seg_record_name(l->rec), &e),
            &e);
    for (int i = 0; i < l->n; i++)
        if (l->cell[i].classes)
            cli_check(
                seg_legend_add(l->cells->legend, l->cell[i].classes,
                    l->cell[i].of, l->cell[i].classes == &l->errors ? 256 : 0,
                    seg_record_name(l->rec), &e),
                &e);
}

struct seg_tensor
cli_panels_paint(
    const struct cli_panels *cells, struct seg_record *rec, struct seg_arena *a)
{
    struct look l = {.cells = cells,
        .rec = rec,
        .image = seg_record_find(rec, "image"),
        .label = seg_record_find(rec, "label"),
        .pred = seg_record_find(rec, "pred")};
    struct seg_paint how = cells->how;
    struct seg_tensor strip;
    struct seg_err e;

    cli_check(seg_nodata_get(&how.nodata, rec, &e), &e);
    cli_check(seg_classes_read(&l.classes, &rec->arena, rec, &e), &e);
    choose(&l);
    cli_check(
        seg_paint_strip(&strip, a, l.cell, l.n, &how, seg_record_key(rec), &e),
        &e);
    if (cells->legend)
        explain(&l);
    if (cells->names)
        cli_check(seg_sheet_name(&strip, a, seg_record_key(rec), &e), &e);
    return strip;
}
