#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/import/propose.h"
#include "cmd/import/propose_names.h"
#include "cmd/import/sources.h"
#include "formats/polygon/labelme.h"
#include "lib/label/labelmap.h"
#include "lib/label/palette.h"

enum {
    VALUES = SEG_VALUE_MAX - SEG_VALUE_MIN + 1,
    COLORS = 1000,    /* the most colors that are counted */
    SLOTS = 4096,     /* of the hash table, a power of 2 above COLORS */
    NO_COLOR = -1,    /* rgb of a value without palette */
    OTHER_COLORS = -2 /* of a value with several colors in palettes */
};

/* A value or a color that was found. */
struct found {
    int has_value, value, rgb; /* rgb 0xrrggbb */
    uint64_t pixels, images;
    uint64_t last; /* number of the last image that has it, from 1 */
};

struct proposal {
    struct found *value; /* by value - SEG_VALUE_MIN */
    struct found *color; /* SLOTS slots; free if pixels is 0 */
    struct found nodata;
    int colors;
    uint64_t images, pixels;
};

static void
count(struct proposal *p, struct found *f)
{
    f->pixels++;
    if (f->last != p->images)
        f->images++;
    f->last = p->images;
}

static void
count_color(struct proposal *p, int rgb, const char *path)
{
    uint32_t i = (uint32_t)rgb * 2654435761U >> 20;

    while (p->color[i].pixels && p->color[i].rgb != rgb)
        i = (i + 1) % SLOTS;
    struct found *f = &p->color[i];
    if (!f->pixels && ++p->colors > COLORS)
        cli_fail(SEG_EDATA,
            "%s: more than %d colors up to here: is this a label image?", path,
            COLORS);
    f->rgb = rgb;
    count(p, f);
}

static void
count_colors(struct proposal *p, const struct seg_tensor *t, const char *path)
{
    size_t c = seg_tensor_bands(t), n = t->bytes / c;
    const uint8_t *v = t->data;

    for (size_t i = 0; i < n; i++, v += c)
        count_color(p, v[0] << 16 | v[c > 2] << 8 | v[c > 2 ? 2 : 0], path);
}

static void
count_values(struct proposal *p, const struct seg_tensor *t)
{
    size_t n = t->bytes / seg_type_size(t->type);

    for (size_t i = 0; i < n; i++) {
        int v = t->type == SEG_U8    ? ((const uint8_t *)t->data)[i]
                : t->type == SEG_U16 ? ((const uint16_t *)t->data)[i]
                : t->type == SEG_I16 ? ((const int16_t *)t->data)[i]
                                     : ((const int32_t *)t->data)[i];

        count(p,
            v == SEG_LABEL_NODATA ? &p->nodata : &p->value[v - SEG_VALUE_MIN]);
    }
}

/* Notes the colors that a palette gives to values of this image. */
static void
note_palette(struct proposal *p, const char *palette)
{
    uint8_t rgb[3];

    if (!palette)
        return;
    for (int v = 0; !seg_color_parse(rgb, palette, 7); v++) {
        struct found *f = &p->value[v - SEG_VALUE_MIN];
        int color = rgb[0] << 16 | rgb[1] << 8 | rgb[2];

        if (f->last == p->images && f->rgb == NO_COLOR)
            f->rgb = color;
        if (f->last == p->images && f->rgb != color)
            f->rgb = OTHER_COLORS;
        palette += 7;
        if (*palette++ != ',')
            break;
    }
}

static int
read_label(struct seg_record *rec, const struct cli_source *s, size_t page,
    void *context, struct seg_err *e)
{
    const struct cli_source_opts *opts = s->opts;
    const struct seg_image_opts image = {
        .mode = opts->colors ? SEG_IMAGE_COLORS : SEG_IMAGE_LABEL,
        .max_bytes = cli.mem_limit,
        .axis = opts->axis,
        .nan_is_nodata = 1};

    (void)context;
    seg_record_clear(rec);
    rec->arena.limit = cli.mem_limit;
    return seg_images_read(rec, "label", &s->image, page, &image, e);
}

static void
put_label(
    const struct seg_record *rec, const struct seg_item *item, void *proposal)
{
    struct proposal *p = proposal;
    const struct seg_tensor *t = seg_record_find(rec, "label");

    p->images++;
    p->pixels += t->shape[0] * t->shape[1];
    if (t->rank == 3)
        count_colors(p, t, item->image);
    else
        count_values(p, t);
    if (t->rank == 2)
        note_palette(p, seg_record_meta(rec, SEG_STORED_PALETTE));
}

/* ---- the map ---- */

static int
by_value(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int vx = x->has_value ? x->value : INT32_MAX;
    int vy = y->has_value ? y->value : INT32_MAX;

    return vx != vy ? (vx > vy) - (vx < vy)
                    : (x->rgb > y->rgb) - (x->rgb < y->rgb);
}

/* All values, then all colors, sorted; *n is their number. */
static struct found *
collect(const struct proposal *p, int *n)
{
    struct found *all = cli_take(VALUES + COLORS, sizeof *all);

    *n = 0;
    for (int i = 0; i < VALUES; i++)
        if (p->value[i].pixels)
            all[(*n)++] = p->value[i];
    for (int i = 0; i < SLOTS; i++)
        if (p->color[i].pixels)
            all[(*n)++] = p->color[i];
    qsort(all, (size_t)*n, sizeof *all, by_value);
    return all;
}

/* 1 if the map has all of the colors, and those of a palette for the same
   values; at least two colors are compared. */
static int
fits(const struct seg_labelmap *m, const struct found *all, int n)
{
    int colors = 0;

    for (int i = 0; i < n; i++) {
        int id =
            all[i].rgb < 0 ? SEG_UNMAPPED : seg_labelmap_find(m, all[i].rgb);

        if (id == SEG_UNMAPPED ||
            (all[i].has_value && id >= 0 && m->to[all[i].value] != id))
            return 0;
        colors++;
    }
    return colors > 1;
}

static void
print_known(FILE *f, const struct found *all, int n)
{
    static const char *const names[] = {
        "ade20k", "camvid", "cityscapes", "cityscapes-train", "gta5", "voc"};
    struct seg_arena arena = {0};
    struct seg_labelmap m;
    struct seg_err e;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cli_check(seg_labelmap_parse(
                      &m, &arena, seg_palette_text(names[i]), names[i], &e),
            &e);
        if (fits(&m, all, n))
            fprintf(f,
                "# The colors are those of the map %s, which is built "
                "in: -M %s\n",
                names[i], names[i]);
    }
    seg_arena_free(&arena);
}

static void
print_found(FILE *f, const struct proposal *p, const struct found *x, int *id)
{
    int ignored = x->has_value && x->value == SEG_IGNORE && *id > 1;
    char value[12] = "-";

    if (x->has_value)
        snprintf(value, sizeof value, "%d", x->value);
    fprintf(f, "# %.3g %% of all pixels, %" PRIu64 ", in %" PRIu64 " images\n",
        100 * (double)x->pixels / (double)p->pixels, x->pixels, x->images);
    if (ignored)
        fprintf(f, "%s\tignore\tignore", value);
    else
        fprintf(f, "%s\t%d\tclass%d", value, *id, *id);
    *id += !ignored;
    if (x->rgb >= 0)
        fprintf(f, "\t#%06x", (unsigned)x->rgb);
    fputc('\n', f);
}

static void
print_map(const struct proposal *p)
{
    int n, id = 0;
    const struct found *all = collect(p, &n);

    if (n > SEG_CLASSES)
        cli_fail(SEG_EDATA,
            "%d values and colors in %" PRIu64 " label images; a label map "
            "has up to %d classes",
            n, p->images, SEG_CLASSES);
    FILE *f = cli_text();
    fprintf(f,
        "# Made from %" PRIu64
        " label images.  Columns: value, id, name, color.  "
        "Change the names;\n"
        "# lines of one class have the same id and name; the id ignore leaves "
        "pixels out.\n",
        p->images);
    print_known(f, all, n);
    if (p->nodata.pixels)
        fprintf(f, "# %" PRIu64 " pixels without data\nnodata\tignore\n",
            p->nodata.pixels);
    for (int i = 0; i < n; i++)
        print_found(f, p, &all[i], &id);
    cli_close_text(f);
}

void
cli_propose_map(struct seg_manifest *m, const struct cli_source_opts *opts)
{
    struct proposal p = {.value = cli_take(VALUES, sizeof *p.value),
        .color = cli_take(SLOTS, sizeof *p.color)};
    size_t n = 0;

    for (size_t i = 0; i < m->n; i++)
        if (m->item[i].label)
            m->item[n++] = m->item[i];
    m->n = n;
    if (opts->annotations || (n && seg_labelme_has_suffix(m->item[0].label))) {
        cli_propose_names(m, opts);
        return;
    }
    if (!n)
        cli_fail(SEG_EDATA, "no label images: --propose-map reads those of a "
                            "manifest or of --labels");
    for (size_t i = 0; i < n; i++)
        m->item[i] = (struct seg_item){m->item[i].key, m->item[i].label, NULL};
    for (int i = 0; i < VALUES; i++)
        p.value[i] = (struct found){
            .has_value = 1, .value = i + SEG_VALUE_MIN, .rgb = NO_COLOR};
    cli_read_sources(m, opts, NULL, read_label, NULL, put_label, &p);
    print_map(&p);
}
