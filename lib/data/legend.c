#include <stdio.h>
#include <string.h>

#include "lib/data/font.h"
#include "lib/data/legend.h"
#include "lib/data/paint.h"

/* An entry is a square in the class's colour, a gap and its name. */
enum {
    SCALE = 2,
    SQUARE = SEG_GLYPH_HEIGHT * SCALE,
    GAP = 6,
    BETWEEN = 20,
    MARGIN = 4,
    PITCH = SQUARE + MARGIN
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

static size_t
entry_width(const char *name)
{
    return SQUARE + GAP + seg_text_width(name, SCALE);
}

static void
paint_entry(struct seg_tensor *strip, size_t y, size_t x, const char *name,
    const uint8_t rgb[3])
{
    static const uint8_t black[3] = {0, 0, 0};

    seg_paint_box(strip, y, x, SQUARE, SQUARE, black);
    seg_paint_box(strip, y + 1, x + 1, SQUARE - 2, SQUARE - 2, rgb);
    seg_paint_text(strip, y, x + SQUARE + GAP, SCALE, name);
}

/* Entries one after another, in a further row where they do not fit; painted
   where strip is not NULL.  Returns the number of rows. */
static size_t
lay_out(struct seg_tensor *strip, const struct seg_legend *g, size_t width)
{
    size_t x = 0, rows = 0;

    for (int i = 0; i < SEG_LEGEND_SIZE; i++) {
        if (!g->name[i])
            continue;
        size_t w = entry_width(g->name[i]);
        if (!rows || x + w > width) {
            rows++;
            x = 0;
        }
        if (strip)
            paint_entry(strip, (rows - 1) * PITCH, x, g->name[i], g->rgb[i]);
        x += w + BETWEEN;
    }
    return rows;
}

int
seg_legend_paint(struct seg_tensor *strip, struct seg_arena *a,
    const struct seg_legend *g, size_t width, struct seg_err *e)
{
    for (int i = 0; i < SEG_LEGEND_SIZE; i++)
        if (g->name[i] && entry_width(g->name[i]) > width)
            width = entry_width(g->name[i]);
    if (seg_canvas(strip, a, lay_out(NULL, g, width) * PITCH, width, e))
        return -1;
    lay_out(strip, g, width);
    return 0;
}

void
seg_legend_clear(struct seg_legend *g)
{
    seg_arena_free(&g->arena);
    *g = (struct seg_legend){0};
}
