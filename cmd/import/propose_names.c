#include <stdlib.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/import/propose_names.h"
#include "formats/polygon/labelme.h"
#include "lib/label/labelmap.h"

struct found {
    const char *name;
    size_t polygons, images;
    size_t last; /* number of the last image that has it, from 1 */
};

struct names {
    struct found found[SEG_CLASSES + 1];
    int n;
    size_t images;
};

static int
is_background(const char *name)
{
    return !strcmp(name, "background") || !strcmp(name, "_background_");
}

static void
count(struct names *s, const struct seg_polygons *p)
{
    s->images++;
    for (size_t i = 0; i < p->n; i++) {
        const char *name = p->polygon[i].name;
        int k = 0;

        while (k < s->n && strcmp(s->found[k].name, name) != 0)
            k++;
        if (k == s->n && s->n > SEG_CLASSES)
            cli_fail(SEG_EDATA,
                "more than %d names of polygons; a label map has up to %d "
                "classes",
                SEG_CLASSES, SEG_CLASSES);
        struct found *f = &s->found[k];
        if (k == s->n) {
            f->name = cli_take_string(name);
            s->n++;
        }
        f->polygons++;
        f->images += f->last != s->images;
        f->last = s->images;
    }
}

static void
count_files(struct names *s, const struct seg_manifest *m)
{
    struct seg_arena arena = {0};
    struct seg_polygons p;
    struct seg_err e;

    for (size_t i = 0; i < m->n; i++) {
        const char *path = m->item[i].label;

        if (!seg_labelme_has_suffix(path))
            cli_fail(
                SEG_EDATA, "%s: a label image among files of polygons", path);
        seg_arena_reset(&arena);
        cli_check(
            seg_labelme_read(&p, &arena, path, cli.mem_limit / 30, &e), &e);
        count(s, &p);
    }
    seg_arena_free(&arena);
}

/* The background first, the ignored ones last, others by name. */
static int
by_name(const void *a, const void *b)
{
    const char *x = ((const struct found *)a)->name;
    const char *y = ((const struct found *)b)->name;
    int rank = 2 * (!strcmp(x, "ignore") - !strcmp(y, "ignore")) -
               (is_background(x) - is_background(y));

    return rank ? rank : strcmp(x, y);
}

static void
print_map(struct names *s)
{
    int id = 0;

    qsort(s->found, (size_t)s->n, sizeof *s->found, by_name);
    FILE *f = cli_text();
    fprintf(f,
        "# Of the polygons of %zu images.  Columns: value, id, name.  The "
        "names are those\n"
        "# of the polygons; the id ignore leaves pixels out.\n",
        s->images);
    if (!s->n || !is_background(s->found[0].name)) {
        fprintf(f, "# pixels in no polygon\n0\t0\tbackground\n");
        id++;
    }
    for (int i = 0; i < s->n; i++) {
        const struct found *k = &s->found[i];

        fprintf(f, "# %zu polygons, in %zu images\n", k->polygons, k->images);
        if (!strcmp(k->name, "ignore"))
            fprintf(f, "255\tignore\tignore\n");
        else
            fprintf(f, "%d\t%d\t%s\n", id, id, k->name);
        id++;
    }
    cli_close_text(f);
}

void
cli_propose_names(
    const struct seg_manifest *m, const struct cli_source_opts *opts)
{
    const struct seg_annotations *s = opts->annotations;
    struct names names = {.n = 0};

    for (size_t i = 0; s && i < s->n; i++)
        count(&names, &s->image[i].polygons);
    if (!s)
        count_files(&names, m);
    print_map(&names);
}
