/*
 * Colors of a synthetic scene.  Every object gets two colors of the domain's
 * palette and a texture; then illumination, blur and noise are applied to the
 * whole image.
 */
#include <math.h>
#include <string.h>

#include "lib/synth/synth_scene.h"

enum { HUES = SEG_SYNTH_CLASSES, GRID = 32 };

static const struct domain {
    float palette[HUES][3];
    float jitter; /* of a color, gray levels */
    /* probability of the color of its class, and of the similar class */
    float own[2];
    float grain;       /* texture: amplitude, gray levels */
    float scale[2];    /* texture: period, units of the scene */
    float blur[2];     /* sigma, pixels */
    float noise[2];    /* standard deviation, gray levels */
    float light[2];    /* range of the gain */
    float cast, slope; /* relative variation of colors and of illumination */
} domains[] = {
    [SEG_SYNTH_A] = {{{196, 84, 66}, {84, 142, 86}, {78, 104, 176},
                         {120, 76, 128}, {206, 174, 92}, {74, 166, 168},
                         {148, 148, 150}, {212, 134, 170}},
        12, {0.65f, 0.2f}, 8, {2, 8}, {0.3f, 0.8f}, {3, 7}, {0.8f, 1.2f}, 0.08f,
        0.3f},
    [SEG_SYNTH_B] = {{{142, 116, 90}, {98, 112, 122}, {66, 78, 62},
                         {58, 58, 84}, {168, 160, 146}, {116, 84, 76},
                         {134, 138, 100}, {150, 120, 140}},
        12, {0.65f, 0.2f}, 24, {1, 3}, {0.8f, 1.4f}, {8, 16}, {0.8f, 1.5f},
        0.2f, 0.5f},
};

struct look {
    float rgb[2][3]; /* fill; stripes or frame */
    float grain, scale, x, y;
};

static float
uniform(struct seg_rng *r, const float range[2])
{
    return (float)seg_rng_range(r, (double)range[0], (double)range[1]);
}

static float
uniform_around_0(struct seg_rng *r, float most)
{
    return (float)seg_rng_range(r, -(double)most, (double)most);
}

static float
distance(const float *a, const float *b)
{
    return fabsf(a[0] - b[0]) + fabsf(a[1] - b[1]) + fabsf(a[2] - b[2]);
}

/* Classes 2 i and 2 i + 1 look alike and differ only in their context.  A color
   is a hint for the class but never sufficient. */
static const float *
pick_hue(const struct domain *d, int kind, struct seg_rng *r)
{
    float chance = (float)seg_rng_unit(r);

    if (chance < d->own[0])
        return d->palette[kind];
    if (chance < d->own[0] + d->own[1])
        return d->palette[kind ^ 1];
    return d->palette[seg_rng_below(r, HUES)];
}

/* Draws a color that differs clearly from `from` (tried 8 times). */
static void
pick_color(float *rgb, const struct domain *d, int kind, const float *from,
    struct seg_rng *r)
{
    for (int attempt = 0; attempt < 8; attempt++) {
        const float *hue = pick_hue(d, kind, r);

        for (int c = 0; c < 3; c++)
            rgb[c] = hue[c] + uniform_around_0(r, d->jitter);
        if (!from || distance(rgb, from) > 90)
            return;
    }
}

static struct look
make_look(const struct domain *d, int class, const float *background,
    struct seg_rng *r)
{
    struct look k;

    pick_color(k.rgb[0], d, class, background, r);
    pick_color(k.rgb[1], d, class, k.rgb[0], r);
    k.grain = d->grain * (float)seg_rng_unit(r);
    k.scale = 1 / uniform(r, d->scale);
    k.x = (float)seg_rng_range(r, 0, GRID);
    k.y = (float)seg_rng_range(r, 0, GRID);
    return k;
}

/* Smooth noise in -1 .. 1: interpolated values of a periodic grid. */
static float
grain_at(const float *grid, float x, float y)
{
    float fx = floorf(x), fy = floorf(y), u = x - fx, v = y - fy;
    int i = (int)fx & (GRID - 1), j = (int)fy & (GRID - 1);
    int k = (i + 1) & (GRID - 1), l = (j + 1) & (GRID - 1);

    u = u * u * (3 - 2 * u);
    v = v * v * (3 - 2 * v);
    float a = grid[j * GRID + i], b = grid[j * GRID + k];
    float c = grid[l * GRID + i], d = grid[l * GRID + k];
    a += u * (b - a);
    c += u * (d - c);
    return a + v * (c - a);
}

/* Weight of the second color at (x, y), 0 or 1. */
static float
second_weight(const struct seg_synth_object *t, float x, float y, float unit)
{
    float dx = x - t->cx, dy = y - t->cy;

    if (t->class == HATCH || t->class == RAIL)
        return sinf(t->stripe[0] * dx + t->stripe[1] * dy + t->stripe[2]) > 0;
    if (t->class == WALL || t->class == WINDOW || t->class == SIGN) {
        float u = fabsf(dx * t->cos + dy * t->sin);
        float v = fabsf(dy * t->cos - dx * t->sin);
        return u > t->rx - 1.4f * unit || v > t->ry - 1.4f * unit;
    }
    return 0;
}

static void
paint_objects(float *out, const struct seg_synth_scene *s,
    const struct look *look, const float *grid)
{
    for (int y = 0; y < s->h; y++)
        for (int x = 0; x < s->w; x++) {
            int top = s->top[(size_t)y * s->w + x];
            const struct look *k = look + top;
            float fx = (float)x, fy = (float)y;
            float f =
                top ? second_weight(s->object + top - 1, fx, fy, s->unit) : 0;
            float g = k->grain * grain_at(grid, fx * k->scale / s->unit + k->x,
                                     fy * k->scale / s->unit + k->y);

            for (int c = 0; c < 3; c++)
                *out++ = g + k->rgb[0][c] + f * (k->rgb[1][c] - k->rgb[0][c]);
        }
}

/* Convolves n elements, `step` apart, with a symmetric kernel of the given
   radius; the ends are repeated. */
static void
blur_line(float *line, float *x, int n, size_t step, const float *g, int radius)
{
    for (int i = 0; i < n; i++)
        line[i] = x[(size_t)i * step];
    for (int i = 0; i < n; i++) {
        float sum = g[0] * line[i];

        for (int j = 1; j <= radius; j++)
            sum += g[j] *
                   (line[i < j ? 0 : i - j] + line[i + j < n ? i + j : n - 1]);
        x[(size_t)i * step] = sum;
    }
}

static void
blur(float *x, float *line, int h, int w, float sigma)
{
    float g[6], sum = 0;
    int radius = (int)ceilf(3 * sigma);

    for (int j = 0; j <= radius; j++) {
        g[j] = expf(-0.5f * (float)(j * j) / (sigma * sigma));
        sum += j ? 2 * g[j] : g[j];
    }
    for (int j = 0; j <= radius; j++)
        g[j] /= sum;
    for (int c = 0; c < 3; c++) {
        for (int y = 0; y < h; y++)
            blur_line(line, x + (size_t)y * w * 3 + c, w, 3, g, radius);
        for (int i = 0; i < w; i++)
            blur_line(line, x + (size_t)i * 3 + c, h, (size_t)w * 3, g, radius);
    }
}

/* Applies an illumination gradient, a color cast and sensor noise; rounds to
   u8. */
static void
expose(uint8_t *image, const float *x, const struct seg_synth_scene *s,
    const struct domain *d, struct seg_rng *r)
{
    float gain = uniform(r, d->light), noise = uniform(r, d->noise), cast[3];
    float across = uniform_around_0(r, d->slope),
          down = uniform_around_0(r, d->slope);

    for (int c = 0; c < 3; c++)
        cast[c] = gain * (1 + uniform_around_0(r, d->cast));
    for (int y = 0; y < s->h; y++)
        for (int i = 0; i < s->w; i++) {
            float light = 1 + across * ((float)i / (float)s->w - 0.5f) +
                          down * ((float)y / (float)s->h - 0.5f);

            for (int c = 0; c < 3; c++) {
                float v =
                    *x++ * cast[c] * light + noise * (float)seg_rng_normal(r);
                *image++ = (uint8_t)(fminf(fmaxf(v, 0), 255) + 0.5f);
            }
        }
}

int
seg_synth_scene_paint(uint8_t *image, const struct seg_synth_scene *s,
    struct seg_arena *a, enum seg_synth_domain domain, struct seg_rng *r,
    struct seg_err *e)
{
    const struct domain *d = domains + domain;
    size_t pixels = (size_t)s->w * (size_t)s->h;
    float *x = seg_take_dirty(a, pixels * 3, sizeof *x, e);
    float *line =
        seg_take_dirty(a, (size_t)(s->w > s->h ? s->w : s->h), sizeof *line, e);
    struct look *look = seg_take_dirty(a, (size_t)s->n + 1, sizeof *look, e);
    float grid[GRID * GRID];

    if (!x || !line || !look)
        return -1;
    for (int i = 0; i < GRID * GRID; i++)
        grid[i] = uniform_around_0(r, 1);
    look[0] = make_look(d, GROUND, NULL, r);
    for (int i = 0; i < s->n; i++) {
        const struct seg_synth_object *t = s->object + i;

        look[i + 1] = make_look(d, t->class, look[t->parent + 1].rgb[0], r);
    }
    paint_objects(x, s, look, grid);
    blur(x, line, s->h, s->w, uniform(r, d->blur));
    expose(image, x, s, d, r);
    return 0;
}
