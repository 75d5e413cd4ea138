#include <string.h>

#include "lib/image/transform.h"

size_t
seg_image_oriented_pixel(
    int orientation, size_t h, size_t w, size_t y, size_t x)
{
    static const struct {
        int across, flip_x, flip_y; /* of the stored image */
    } orientations[9] = {[1] = {0, 0, 0},
        [2] = {0, 1, 0},
        [3] = {0, 1, 1},
        [4] = {0, 0, 1},
        [5] = {1, 0, 0},
        [6] = {1, 0, 1},
        [7] = {1, 1, 1},
        [8] = {1, 1, 0}};
    size_t row = orientations[orientation].across ? x : y;
    size_t column = orientations[orientation].across ? y : x;

    if (orientations[orientation].flip_y)
        row = h - 1 - row;
    if (orientations[orientation].flip_x)
        column = w - 1 - column;
    return row * w + column;
}

void
seg_image_orient(
    struct seg_tensor *out, const struct seg_tensor *in, int orientation)
{
    size_t h = in->shape[0], w = in->shape[1];
    size_t px = in->shape[2] * seg_type_size(in->type);
    const char *from = in->data;
    char *to = out->data;

    for (size_t y = 0; y < out->shape[0]; y++)
        for (size_t x = 0; x < out->shape[1]; x++, to += px)
            memcpy(to,
                from + seg_image_oriented_pixel(orientation, h, w, y, x) * px,
                px);
}

void
seg_image_map_intensity(struct seg_tensor *out, const struct seg_tensor *in,
    double level, double width)
{
    size_t n = seg_tensor_count(in);
    uint8_t *to = out->data;

    for (size_t i = 0; i < n; i++) {
        double v = (seg_tensor_get(in, i) - level) / width + 0.5;

        to[i] = v >= 1 ? 255 : v > 0 ? (uint8_t)(v * 255 + 0.5) : 0;
    }
}
