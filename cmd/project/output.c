#include <math.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/side_output.h"
#include "cmd/project/output.h"
#include "formats/image/png.h"
#include "lib/project/measures.h"
#include "lib/view/scatter.h"

/* The name of a class, or its id. */
static const char *
class_name(const struct cli_project_classes *c, int id)
{
    struct seg_err e;

    return id < c->list.n
               ? c->list.name[id]
               : cli_need(seg_take_text(c->known.arena, &e, "%d", id), &e);
}

void
cli_project_points(const struct seg_points *p, const float *y,
    const struct cli_project_classes *c)
{
    FILE *f = cli_text();

    fputs("x\ty\tclass\tkey\trow\tcolumn\theld_out\n", f);
    for (int i = 0; i < p->n; i++) {
        const struct seg_point *q = p->point + i;

        fprintf(f, "%.6g\t%.6g\t%s\t%s\t%zu\t%zu\t%d\n", (double)y[2 * i],
            (double)y[2 * i + 1], class_name(c, q->class), q->key, q->row,
            q->column, q->held_out);
    }
    cli_close_text(f);
}

static void
print_number(FILE *f, double x)
{
    if (isnan(x))
        fputs("\t-", f);
    else
        fprintf(f, "\t%.6f", x);
}

void
cli_project_measures(const char *path, const struct seg_points *p,
    const struct cli_project_classes *c, struct seg_arena *a)
{
    static const char *const name[SEG_MEASURES] = {
        "cosine_within", "cosine_between", "purity", "probe"};
    struct cli_side_output out = cli_side_output_open(path);
    struct seg_measures *m = cli_take(1, sizeof *m);
    struct seg_err e;

    cli_check(seg_measures_compute(m, p, a, &e), &e);
    fprintf(out.f, "class\tpoints\theld_out");
    for (int k = 0; k < SEG_MEASURES; k++)
        fprintf(out.f, "\t%s", name[k]);
    for (int i = 0; i < SEG_POINT_CLASSES; i++) {
        if (!m->class[i].n)
            continue;
        fprintf(out.f, "\n%s\t%d\t%d", class_name(c, i), m->class[i].n,
            m->class[i].held_out);
        for (int k = 0; k < SEG_MEASURES; k++)
            print_number(out.f, m->class[i].value[k]);
    }
    fprintf(out.f, "\n\nmeasure\tvalue\npoints\t%d\nheld_out\t%d\n", m->all.n,
        m->all.held_out);
    for (int k = 0; k < SEG_MEASURES; k++) {
        fputs(name[k], out.f);
        print_number(out.f, m->all.value[k]);
        fputc('\n', out.f);
    }
    cli_side_output_close(&out);
}

void
cli_project_plot(const char *path, const int size_px[2],
    const struct seg_points *p, const float *y,
    const struct cli_project_classes *c, struct seg_arena *a)
{
    struct seg_legend *legend = cli_take(1, sizeof *legend);
    int *class = cli_take((size_t)p->n, sizeof *class);
    struct seg_scatter s = {p->n, y, class};
    struct seg_tensor canvas;
    struct seg_err e;

    for (int i = 0; i < p->n; i++) {
        class[i] = p->point[i].class;
        legend->name[class[i]] = class_name(c, class[i]);
        memcpy(legend->rgb[class[i]], c->list.rgb[class[i]], 3);
    }
    cli_check(seg_scatter_paint(&canvas, a, &s, legend, (size_t)size_px[1],
                  (size_t)size_px[0], &e),
        &e);
    struct cli_out *out = cli_create(path);
    cli_check(seg_png_write(cli_out_fd(out), path, &canvas, NULL, &e), &e);
    cli_commit(out);
}
