#include <string.h>

#include "lib/label/labelmap.h"
#include "lib/post/post.h"

/* ---- majority ---- */

/* Adds (by 1) or removes (by -1) column x of the window of row y. */
static void
count_column(const struct seg_label_image *image, int *count, int y, int x,
    int radius, int by)
{
    int top = y < radius ? 0 : y - radius,
        bottom = y + radius >= image->h ? image->h - 1 : y + radius;

    if (x < 0 || x >= image->w)
        return;
    for (int i = top; i <= bottom; i++)
        count[image->pixel[(size_t)i * (size_t)image->w + (size_t)x]] += by;
}

static uint8_t
most_frequent(const int count[256], uint8_t own)
{
    int best = own;

    for (int k = 0; k < SEG_IGNORE; k++)
        if (count[k] > count[best])
            best = k;
    return (uint8_t)best;
}

long
seg_post_majority(const struct seg_label_image *image, int radius,
    struct seg_arena *a, struct seg_err *e)
{
    size_t pixels = (size_t)image->h * (size_t)image->w, i = 0;
    uint8_t *out = seg_take(a, pixels, 1, e);
    long changed = 0;

    if (!out)
        return -1;
    for (int y = 0; y < image->h; y++) {
        int count[256] = {0};
        for (int x = 0; x < radius; x++)
            count_column(image, count, y, x, radius, 1);
        for (int x = 0; x < image->w; x++, i++) {
            count_column(image, count, y, x + radius, radius, 1);
            count_column(image, count, y, x - radius - 1, radius, -1);
            out[i] = image->pixel[i] == SEG_IGNORE
                         ? SEG_IGNORE
                         : most_frequent(count, image->pixel[i]);
            changed += out[i] != image->pixel[i];
        }
    }
    memcpy(image->pixel, out, pixels);
    return changed;
}

/* ---- holes, largest component, instances ---- */

static long
paint(const struct seg_label_image *image, const struct seg_components *c,
    const int *class)
{
    int32_t pixels = image->h * image->w;
    long changed = 0;

    for (int32_t i = 0; i < pixels; i++) {
        int32_t n = c->of[i];
        if (n == SEG_NO_COMPONENT || class[n] < 0 ||
            class[n] == image->pixel[i])
            continue;
        image->pixel[i] = (uint8_t) class[n];
        changed++;
    }
    return changed;
}

/* The one class around each component; -1 if it borders on none, on several or
   on ignored pixels. */
static int *
surroundings(const struct seg_label_image *image,
    const struct seg_components *c, struct seg_arena *a, struct seg_err *e)
{
    enum { NONE = -2, SEVERAL = -1 };
    int *class = seg_take(a, (size_t)c->n, sizeof *class, e);
    int32_t pixels = image->h * image->w;

    if (!class)
        return NULL;
    for (int32_t n = 0; n < c->n; n++)
        class[n] = NONE;
    for (int32_t i = 0; i < pixels; i++)
        for (int d = 0; d < 4; d++) {
            int32_t n = c->of[i], j = seg_neighbor_of(image, i, d);
            if (n == SEG_NO_COMPONENT || j < 0 || c->of[j] == n)
                continue;
            int k = image->pixel[j];
            class[n] = k != SEG_IGNORE && (class[n] == NONE || class[n] == k)
                           ? k
                           : SEVERAL;
        }
    for (int32_t n = 0; n < c->n; n++)
        class[n] = class[n] == NONE ? SEVERAL : class[n];
    return class;
}

long
seg_post_fill_holes(const struct seg_label_image *image, int32_t most,
    int background, enum seg_connectivity connectivity, struct seg_arena *a,
    struct seg_err *e)
{
    struct seg_components c;
    int *class;

    if (seg_components_find(&c, a, image,
            connectivity == SEG_CONNECT_4 ? SEG_CONNECT_8 : SEG_CONNECT_4, e))
        return -1;
    class = surroundings(image, &c, a, e);
    if (!class)
        return -1;
    for (int32_t n = 0; n < c.n; n++)
        if (c.list[n].class != background || c.list[n].at_edge ||
            c.list[n].pixels > most)
            class[n] = -1;
    return paint(image, &c, class);
}

long
seg_post_largest(const struct seg_label_image *image, int background,
    enum seg_connectivity connectivity, struct seg_arena *a, struct seg_err *e)
{
    int32_t largest[256];
    struct seg_components c;
    int *class;

    if (seg_components_find(&c, a, image, connectivity, e))
        return -1;
    class = seg_take(a, (size_t)c.n, sizeof *class, e);
    if (!class)
        return -1;
    for (int k = 0; k < 256; k++)
        largest[k] = -1;
    for (int32_t n = 0; n < c.n; n++) {
        int32_t *l = largest + c.list[n].class;
        if (*l < 0 || c.list[n].pixels > c.list[*l].pixels)
            *l = n;
    }
    for (int32_t n = 0; n < c.n; n++)
        class[n] = largest[c.list[n].class] == n ? -1 : background;
    return paint(image, &c, class);
}

long
seg_post_instances(uint32_t *instance, const struct seg_label_image *image,
    int background, enum seg_connectivity connectivity, struct seg_arena *a,
    struct seg_err *e)
{
    int32_t pixels = image->h * image->w;
    struct seg_components c;
    uint32_t *number;
    uint32_t found = 0;

    if (seg_components_find(&c, a, image, connectivity, e))
        return -1;
    number = seg_take(a, (size_t)c.n, sizeof *number, e);
    if (!number)
        return -1;
    for (int32_t n = 0; n < c.n; n++)
        number[n] = c.list[n].class == background ? 0 : ++found;
    for (int32_t i = 0; i < pixels; i++)
        instance[i] = c.of[i] == SEG_NO_COMPONENT ? 0 : number[c.of[i]];
    return (long)found;
}
