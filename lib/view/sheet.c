#include <string.h>

#include "lib/view/font.h"
#include "lib/view/sheet.h"
#include "lib/view/thumbnail.h"

static int
check_size(const struct seg_tensor *t, const struct seg_tensor *first,
    const char *where, struct seg_err *e)
{
    char a[120], b[120];

    if (t->rank < 2 || t->shape[0] != first->shape[0] ||
        t->shape[1] != first->shape[1])
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s %s and tensor %s %s are not of one size", where,
            first->name, seg_tensor_describe(a, sizeof a, first), t->name,
            seg_tensor_describe(b, sizeof b, t));
    return 0;
}

static int
paint_panel(struct seg_tensor *row, size_t x, const struct seg_panel *panel,
    struct seg_paint opts, const char *where, struct seg_err *e)
{
    static const uint8_t black[3] = {0, 0, 0};
    const struct seg_tensor *t = panel->classes;

    if (!panel->image) {
        seg_paint_box(row, 0, x, t->shape[0] * opts.scale,
            t->shape[1] * opts.scale, black);
        opts.alpha = 1;
    } else if (seg_paint_image(row, 0, x, panel->image, &opts, where, e))
        return -1;
    opts.contours &= !panel->filled;
    return t ? seg_paint_classes(row, 0, x, t, panel->of, &opts, where, e) : 0;
}

/* Shrinks the image and the classes of a panel to h x w pixels; memory from
   a. */
static int
shrink(struct seg_panel *small, const struct seg_panel *panel, size_t h,
    size_t w, struct seg_arena *a, const struct seg_paint *opts,
    const char *where, struct seg_err *e)
{
    const struct seg_tensor *t = panel->classes;
    struct seg_tensor *copy = seg_take(a, 2, sizeof *copy, e), full;

    *small = *panel;
    if (!copy)
        return -1;
    if (panel->image) {
        if (seg_canvas(
                &full, a, panel->image->shape[0], panel->image->shape[1], e) ||
            seg_paint_image(&full, 0, 0, panel->image, opts, where, e) ||
            seg_canvas(copy, a, h, w, e))
            return -1;
        seg_thumbnail_colors(copy, &full);
        small->image = copy;
    }
    if (!t)
        return 0;
    if (seg_classes_shape(t, where, e) ||
        (panel->of->n && seg_classes_check(panel->of, t, where, e)))
        return -1;
    copy[1] = (struct seg_tensor){
        t->name, SEG_U8, 2, {h, w}, h * w, seg_take_dirty(a, h, w, e)};
    if (!copy[1].data)
        return -1;
    seg_thumbnail_classes(copy + 1, t);
    small->classes = copy + 1;
    return 0;
}

/* Paints a panel at column x of the row, shrunk unless it is h x w already. */
static int
paint_or_shrink(struct seg_tensor *row, size_t x, const struct seg_panel *panel,
    size_t h, size_t w, const struct seg_paint *opts, const char *where,
    struct seg_err *e)
{
    const struct seg_tensor *t = panel->image ? panel->image : panel->classes;
    struct seg_arena scratch = {0};
    struct seg_paint full = *opts, painted = *opts;
    struct seg_panel small;

    if (t->shape[0] == h && t->shape[1] == w)
        return paint_panel(row, x, panel, *opts, where, e);
    full.scale = 1;
    painted.bands = painted.bytes_too = painted.nodata.declared = 0;
    int status = shrink(&small, panel, h, w, &scratch, &full, where, e)
                     ? -1
                     : paint_panel(row, x, &small, painted, where, e);
    seg_arena_free(&scratch);
    return status;
}

int
seg_paint_row(struct seg_tensor *row, struct seg_arena *a,
    const struct seg_panel *panel, int n, const struct seg_paint *opts,
    const char *where, struct seg_err *e)
{
    const struct seg_tensor *first =
        panel[0].image ? panel[0].image : panel[0].classes;
    size_t height, width, count = (size_t)n;

    for (int i = 0; i < n; i++)
        if ((panel[i].image && check_size(panel[i].image, first, where, e)) ||
            (panel[i].classes && check_size(panel[i].classes, first, where, e)))
            return -1;
    size_t h = first->shape[0], w = first->shape[1];
    seg_thumbnail_size(&h, &w, opts->limit);
    if (seg_mul(&height, h, opts->scale) || seg_mul(&width, w, opts->scale) ||
        seg_mul(&width, width + SEG_GAP_PX, count))
        return seg_fail(e, SEG_EMEM, "%s: image of %zu pixels a row", where, w);
    if (seg_canvas(row, a, height, width - SEG_GAP_PX, e))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (paint_or_shrink(
                row, i * (width / count), panel + i, h, w, opts, where, e))
            return -1;
    return 0;
}

int
seg_sheet_name(struct seg_tensor *row, struct seg_arena *a, const char *name,
    struct seg_err *e)
{
    struct seg_tensor part[2] = {*row};
    size_t width = row->shape[1];
    size_t scale = seg_font_width(name, 2) <= width ? 2 : 1;
    char *text = seg_take_string(a, name, e);

    if (!text)
        return -1;
    seg_font_clip(text, width / (SEG_GLYPH_WIDTH * scale));
    if (seg_canvas(part + 1, a, SEG_GLYPH_HEIGHT * scale, width, e))
        return -1;
    seg_font_paint(part + 1, 0, 0, scale, text);
    return seg_paint_sheet(row, a, part, 2, 1, e);
}

static size_t
max_height(const struct seg_tensor *row, size_t n)
{
    size_t h = 0;

    for (size_t i = 0; i < n; i++)
        h = row[i].shape[0] > h ? row[i].shape[0] : h;
    return h;
}

int
seg_paint_sheet(struct seg_tensor *sheet, struct seg_arena *a,
    const struct seg_tensor *row, size_t n, size_t columns, struct seg_err *e)
{
    size_t width = 0, height = 0, y = 0;

    columns = n < columns ? n : columns;
    for (size_t i = 0; i < n; i++)
        width = row[i].shape[1] > width ? row[i].shape[1] : width;
    for (size_t i = 0; i < n; i += columns)
        height += (i ? SEG_GAP_PX : 0) +
                  max_height(row + i, n - i < columns ? n - i : columns);
    if (seg_canvas(
            sheet, a, height, columns * width + (columns - 1) * SEG_GAP_PX, e))
        return -1;
    for (size_t i = 0; i < n; i++) {
        size_t column = i % columns;

        seg_paint_canvas(sheet, y, column * (width + SEG_GAP_PX), row + i);
        if (column == columns - 1)
            y += max_height(row + i - column, columns) + SEG_GAP_PX;
    }
    return 0;
}
