#include <stdio.h>
#include <string.h>

#include "lib/view/font.h"
#include "lib/view/legend.h"
#include "lib/view/paint.h"

/* An entry is a square in the color of the class, a gap and the name.  Sizes
   are in pixels at SCALE. */
enum {
    SCALE = 2,
    SQUARE = SEG_GLYPH_HEIGHT * SCALE,
    GAP = 6,
    BETWEEN = 20,
    MARGIN = 4,
    PITCH = SQUARE + MARGIN,
    MAX_UNALIGNED = 20, /* with more entries they are aligned in columns */
    MAX_NAME = 40,      /* characters of a name */
    PX_PER_SCALE = 1000 /* image width for each step of the scale above SCALE */
};

int
seg_legend_add(struct seg_legend *g, const struct seg_tensor *t,
    const struct seg_classes *c, int first, const char *where,
    struct seg_err *e)
{
    char seen[256] = {0}, number[16];

    for (size_t i = 0; i < t->bytes; i++)
        seen[((const uint8_t *)t->data)[i]] = 1;
    for (int id = 0; id < 256; id++) {
        int at = first + id;
        const char *name = number;

        if (!seen[id] || id == c->ignore)
            continue;
        if (id < c->n)
            name = c->name[id];
        else
            snprintf(number, sizeof number, "%d", id);
        if (!g->name[at]) {
            g->name[at] = seg_take_string(&g->arena, name, e);
            if (!g->name[at])
                return -1;
            memcpy(g->rgb[at], c->rgb[id], 3);
        } else if (strcmp(g->name[at], name)) {
            return seg_fail(e, SEG_EDATA,
                "%s: class %d is %s, %s in those before", where, id, name,
                g->name[at]);
        }
    }
    return 0;
}

/* Sizes for an image of some width: text is larger on a wide image. */
struct sizes {
    size_t scale, square, pitch, widest;
    size_t column; /* distance between columns; 0: no columns */
};

static size_t
entry_width(const char *name, size_t scale)
{
    return (SQUARE * scale + GAP * scale) / SCALE + seg_font_width(name, scale);
}

static void
paint_entry(struct seg_tensor *canvas, size_t y, size_t x, const char *name,
    const uint8_t rgb[3], const struct sizes *z)
{
    static const uint8_t black[3] = {0, 0, 0};

    seg_paint_box(canvas, y, x, z->square, z->square, black);
    seg_paint_box(canvas, y + 1, x + 1, z->square - 2, z->square - 2, rgb);
    seg_font_paint(
        canvas, y, x + z->square + GAP * z->scale / SCALE, z->scale, name);
}

/* Lays out the entries in rows of at most width pixels, and paints them unless
   canvas is NULL.  Returns the number of rows. */
static size_t
lay_out(struct seg_tensor *canvas, const struct seg_legend *g, size_t width,
    const struct sizes *z)
{
    size_t x = 0, rows = 0;

    for (int i = 0; i < SEG_LEGEND_SIZE; i++) {
        if (!g->name[i])
            continue;
        size_t w = z->column ? z->widest : entry_width(g->name[i], z->scale);
        if (!rows || x + w > width) {
            rows++;
            x = 0;
        }
        if (canvas)
            paint_entry(
                canvas, (rows - 1) * z->pitch, x, g->name[i], g->rgb[i], z);
        x += z->column ? z->column : w + BETWEEN * z->scale / SCALE;
    }
    return rows;
}

/* *shown = *g with long names shortened. */
static int
clip_names(struct seg_legend *shown, const struct seg_legend *g,
    struct seg_arena *a, struct seg_err *e)
{
    *shown = *g;
    for (int i = 0; i < SEG_LEGEND_SIZE; i++) {
        if (!g->name[i])
            continue;
        char *name = seg_take_string(a, g->name[i], e);

        if (!name)
            return -1;
        seg_font_clip(name, MAX_NAME);
        shown->name[i] = name;
    }
    return 0;
}

int
seg_legend_paint(struct seg_tensor *canvas, struct seg_arena *a,
    const struct seg_legend *all, size_t width, struct seg_err *e)
{
    struct seg_legend shown;
    const struct seg_legend *g = &shown;
    struct sizes z = {.scale = width / PX_PER_SCALE};
    int names = 0;

    if (clip_names(&shown, all, a, e))
        return -1;
    z.scale = z.scale > SCALE ? z.scale : SCALE;
    z.square = SEG_GLYPH_HEIGHT * z.scale;
    z.pitch = PITCH * z.scale / SCALE;
    for (int i = 0; i < SEG_LEGEND_SIZE; i++) {
        size_t w = g->name[i] ? entry_width(g->name[i], z.scale) : 0;

        names += !!w;
        z.widest = w > z.widest ? w : z.widest;
    }
    width = width > z.widest ? width : z.widest;
    if (names > MAX_UNALIGNED && lay_out(NULL, g, width, &z) > 1)
        z.column = z.widest + BETWEEN * z.scale / SCALE;
    if (seg_canvas(canvas, a, lay_out(NULL, g, width, &z) * z.pitch, width, e))
        return -1;
    lay_out(canvas, g, width, &z);
    return 0;
}

void
seg_legend_clear(struct seg_legend *g)
{
    seg_arena_free(&g->arena);
    *g = (struct seg_legend){0};
}
