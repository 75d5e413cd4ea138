#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/view/panels.h"
#include "lib/view/errors.h"

enum { MAX_PANELS = 4 }; /* image, label, pred, errors */

/* A record and its panels. */
struct layout {
    const struct cli_panels *panels;
    struct seg_record *rec;
    const struct seg_tensor *image, *label, *pred;
    struct seg_classes classes, kinds;
    struct seg_tensor errors;
    struct seg_panel panel[MAX_PANELS];
    int n;
};

static void __attribute__((noreturn))
no_tensor(const struct layout *l, const char *name)
{
    cli_fail(SEG_EDATA, "%s: no tensor %s", seg_record_name(l->rec), name);
}

static void
add_panel(struct layout *l, const struct seg_tensor *image,
    const struct seg_tensor *classes)
{
    int errors = classes && classes == &l->errors;

    l->panel[l->n++] = (struct seg_panel){
        image, classes, errors ? &l->kinds : &l->classes, errors};
}

static int
class_number(const struct layout *l, const char *name)
{
    for (int i = 0; i < l->classes.n; i++)
        if (!strcmp(l->classes.name[i], name))
            return i;
    cli_fail(SEG_EDATA, "%s: no class %s", seg_record_name(l->rec), name);
}

static void
find_errors(struct layout *l)
{
    const char *class = l->panels->class;
    struct seg_err e;

    if (!l->label || !l->pred)
        no_tensor(l, l->label ? "pred" : "label");
    cli_check(seg_errors_classes(&l->kinds, &l->rec->arena, &e), &e);
    cli_check(seg_errors_map(&l->errors, &l->rec->arena, l->label, l->pred,
                  class ? class_number(l, class) : -1, l->classes.ignore,
                  seg_record_name(l->rec), &e),
        &e);
}

/* The tensor that overlay and color show. */
static const struct seg_tensor *
chosen_classes(const struct layout *l)
{
    const char *name = l->panels->tensor;
    const struct seg_tensor *t = name      ? seg_record_find(l->rec, name)
                                 : l->pred ? l->pred
                                           : l->label;

    if (l->panels->errors)
        return &l->errors;
    if (!t)
        no_tensor(l, name ? name : "pred or label");
    return t;
}

static void
choose_panels(struct layout *l)
{
    enum cli_view view = l->panels->view;

    if (view == CLI_OVERLAY && !l->image)
        no_tensor(l, "image");
    if (l->panels->errors)
        find_errors(l);
    if (view != CLI_SIDE) {
        add_panel(l, view == CLI_OVERLAY ? l->image : NULL, chosen_classes(l));
        return;
    }
    if (l->image)
        add_panel(l, l->image, NULL);
    if (l->label)
        add_panel(l, l->image, l->label);
    if (l->pred)
        add_panel(l, l->image, l->pred);
    if (l->panels->errors)
        add_panel(l, l->image, &l->errors);
    if (!l->n)
        no_tensor(l, "image, label or pred");
}

/* Adds the classes of all panels to the legend. */
static void
add_to_legend(const struct layout *l)
{
    struct seg_err e;

    if (l->panels->known)
        cli_check(seg_known_classes_check_names(l->panels->known,
                      seg_record_meta(l->rec, "seg.classes"),
                      seg_record_name(l->rec), &e),
            &e);
    for (int i = 0; i < l->n; i++)
        if (l->panel[i].classes)
            cli_check(
                seg_legend_add(l->panels->legend, l->panel[i].classes,
                    l->panel[i].of, l->panel[i].classes == &l->errors ? 256 : 0,
                    seg_record_name(l->rec), &e),
                &e);
}

struct seg_tensor
cli_panels_paint(const struct cli_panels *panels, struct seg_record *rec,
    struct seg_arena *a)
{
    struct layout l = {.panels = panels,
        .rec = rec,
        .image = seg_record_find(rec, "image"),
        .label = seg_record_find(rec, "label"),
        .pred = seg_record_find(rec, "pred")};
    struct seg_paint paint = panels->how;
    struct seg_tensor row;
    struct seg_err e;

    cli_check(seg_nodata_get(&paint.nodata, rec, &e), &e);
    cli_check(seg_classes_read(&l.classes, &rec->arena, rec, &e), &e);
    choose_panels(&l);
    cli_check(
        seg_paint_row(&row, a, l.panel, l.n, &paint, seg_record_key(rec), &e),
        &e);
    if (panels->legend)
        add_to_legend(&l);
    if (panels->names)
        cli_check(seg_sheet_name(&row, a, seg_record_key(rec), &e), &e);
    return row;
}
