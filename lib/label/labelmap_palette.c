/*
 * Compares the palette of a label image with the label map.  A tool that saves
 * the file anew may reorder the palette; then the colors of the map are at
 * other indices.
 */
#include <string.h>

#include "lib/label/labelmap.h"

/* 1 if the map assigns the color of index v to another class than the value v,
   0 if to the same, -1 if it does not have the color. */
static int
contradicts(const struct seg_labelmap *m, int v, const uint8_t rgb[3])
{
    int id = seg_labelmap_find(m, rgb[0] << 16 | rgb[1] << 8 | rgb[2]);

    if (id == SEG_UNMAPPED || id == SEG_AMBIGUOUS)
        return -1;
    return id != m->to[v];
}

/* If the map has the colors of all indices in use: the first such index that is
   not a value of the map.  Otherwise -1. */
static int
by_color_only(const struct seg_labelmap *m, const char used[256], int n,
    const uint8_t (*rgb)[3])
{
    int first = -1;

    for (int v = 255; v >= 0; v--) {
        if (!used[v])
            continue;
        if (v >= n || contradicts(m, v, rgb[v]) < 0)
            return -1;
        if (m->to[v] == SEG_UNMAPPED)
            first = v;
    }
    return first;
}

static struct seg_palette_clash
clash_at(const struct seg_labelmap *m, int v, const uint8_t rgb[3])
{
    return (struct seg_palette_clash){.index = v,
        .rgb = {rgb[0], rgb[1], rgb[2]},
        .id = seg_labelmap_find(m, rgb[0] << 16 | rgb[1] << 8 | rgb[2])};
}

enum seg_palette_fit
seg_labelmap_palette(struct seg_palette_clash *clash,
    const struct seg_labelmap *m, const struct seg_tensor *t,
    const char *palette)
{
    uint8_t rgb[256][3] = {{0}};
    char used[256] = {0};
    int n = 0, in_use = 0, clashes = 0, used_clashes = 0, agree = 0;

    for (; n < 256 && !seg_color_parse(rgb[n], palette, 7); n++)
        palette += palette[7] ? 8 : 7;
    for (size_t i = 0; i < t->bytes; i++)
        used[((const uint8_t *)t->data)[i]] = 1;
    for (int v = 0; v < n; v++) {
        int other = contradicts(m, v, rgb[v]);

        agree += other == 0;
        clashes += other == 1;
        in_use += used[v] && (other >= 0 || m->to[v] != SEG_IGNORE);
        if (other != 1 || !used[v] || m->to[v] == SEG_UNMAPPED)
            continue;
        if (!used_clashes++)
            *clash = clash_at(m, v, rgb[v]);
    }
    int stray = by_color_only(m, used, n, (const uint8_t(*)[3])rgb);
    if (!used_clashes && stray < 0)
        return SEG_PALETTE_FITS;
    if (!used_clashes) {
        *clash = clash_at(m, stray, rgb[stray]);
        return SEG_PALETTE_COLORS_ONLY;
    }
    return used_clashes == in_use && !agree && clashes > 1
               ? SEG_PALETTE_CONTRADICTS
               : SEG_PALETTE_DOUBTFUL;
}
