#include <string.h>

#include "lib/data/sheet.h"

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
paint_cell(struct seg_tensor *strip, size_t x, const struct seg_cell *cell,
    struct seg_paint how, const char *where, struct seg_err *e)
{
    static const uint8_t black[3] = {0, 0, 0};
    const struct seg_tensor *t = cell->classes;

    if (!cell->image) {
        seg_paint_box(strip, 0, x, t->shape[0] * how.scale,
            t->shape[1] * how.scale, black);
        how.alpha = 1;
    } else if (seg_paint_image(strip, 0, x, cell->image, &how, where, e))
        return -1;
    how.contours &= !cell->filled;
    return t ? seg_paint_classes(strip, 0, x, t, cell->of, &how, where, e) : 0;
}

int
seg_paint_strip(struct seg_tensor *strip, struct seg_arena *a,
    const struct seg_cell *cell, int n, const struct seg_paint *how,
    const char *where, struct seg_err *e)
{
    const struct seg_tensor *first =
        cell[0].image ? cell[0].image : cell[0].classes;
    size_t h, w, count = (size_t)n;

    for (int i = 0; i < n; i++)
        if ((cell[i].image && check_size(cell[i].image, first, where, e)) ||
            (cell[i].classes && check_size(cell[i].classes, first, where, e)))
            return -1;
    if (seg_mul(&h, first->shape[0], how->scale) ||
        seg_mul(&w, first->shape[1], how->scale) ||
        seg_mul(&w, w + SEG_GAP_PX, count))
        return seg_fail(e, SEG_EMEM, "%s: picture of %zu pixels a row", where,
            first->shape[1]);
    if (seg_canvas(strip, a, h, w - SEG_GAP_PX, e))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (paint_cell(strip, i * (w / count), cell + i, *how, where, e))
            return -1;
    return 0;
}

static size_t
highest(const struct seg_tensor *strip, size_t n)
{
    size_t h = 0;

    for (size_t i = 0; i < n; i++)
        h = strip[i].shape[0] > h ? strip[i].shape[0] : h;
    return h;
}

int
seg_paint_sheet(struct seg_tensor *sheet, struct seg_arena *a,
    const struct seg_tensor *strip, size_t n, size_t columns, struct seg_err *e)
{
    size_t width = 0, height = 0, y = 0;

    columns = n < columns ? n : columns;
    for (size_t i = 0; i < n; i++)
        width = strip[i].shape[1] > width ? strip[i].shape[1] : width;
    for (size_t i = 0; i < n; i += columns)
        height += (i ? SEG_GAP_PX : 0) +
                  highest(strip + i, n - i < columns ? n - i : columns);
    if (seg_canvas(
            sheet, a, height, columns * width + (columns - 1) * SEG_GAP_PX, e))
        return -1;
    for (size_t i = 0; i < n; i++) {
        size_t column = i % columns;

        seg_paint_canvas(sheet, y, column * (width + SEG_GAP_PX), strip + i);
        if (column == columns - 1)
            y += highest(strip + i - column, columns) + SEG_GAP_PX;
    }
    return 0;
}
