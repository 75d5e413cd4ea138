#include <math.h>

#include "lib/synth/synth_scene.h"

static const float PI = 3.14159265f;

static float
uniform(struct seg_rng *r, double lo, double hi)
{
    return (float)seg_rng_range(r, lo, hi);
}

static int
uniform_int(struct seg_rng *r, int lo, int hi)
{
    return lo + (int)seg_rng_below(r, (uint64_t)(hi - lo) + 1);
}

/* 1 if the object covers pixel (x, y). */
static int
covers(const struct seg_synth_object *t, float x, float y)
{
    float dx = x - t->cx, dy = y - t->cy;
    float u = (dx * t->cos + dy * t->sin) / t->rx;
    float v = (dy * t->cos - dx * t->sin) / t->ry;
    float d = u * u + v * v, rim;

    switch (t->class) {
    case WALL:
    case WINDOW:
    case SIGN:
        return fabsf(u) <= 1 && fabsf(v) <= 1;
    case DISC:
        return d <= 1;
    case RING:
        return d <= 1 && d >= t->inner * t->inner;
    default:
        rim = atan2f(v, u);
        rim = 1 + t->bulge[0] * sinf(2 * rim + t->bulge[2]) +
              t->bulge[1] * sinf(3 * rim + t->bulge[3]);
        return d <= rim * rim;
    }
}

struct box {
    int x0, y0, x1, y1; /* exclusive */
};

/* Bounding box, within the image, of the pixels the object may cover. */
static struct box
bounding_box(const struct seg_synth_scene *s, const struct seg_synth_object *t)
{
    float r = 1.4f * hypotf(t->rx, t->ry) + 1;

    return (struct box){(int)fmaxf(t->cx - r, 0), (int)fmaxf(t->cy - r, 0),
        (int)fminf(fmaxf(t->cx + r + 1, 0), (float)s->w),
        (int)fminf(fmaxf(t->cy + r + 1, 0), (float)s->h)};
}

static void
put(struct seg_synth_scene *s, const struct seg_synth_object *t)
{
    struct box b = bounding_box(s, t);

    s->object[s->n++] = *t;
    for (int y = b.y0; y < b.y1; y++)
        for (int x = b.x0; x < b.x1; x++)
            if (covers(t, (float)x, (float)y))
                s->top[(size_t)y * s->w + x] = (uint16_t)s->n;
}

/* 1 if the object, slightly enlarged, would lie entirely on the ground. */
static int
on_ground(const struct seg_synth_scene *s, const struct seg_synth_object *t)
{
    struct seg_synth_object grown = *t;

    grown.rx += 2 * s->unit;
    grown.ry += 2 * s->unit;
    struct box b = bounding_box(s, &grown);
    for (int y = b.y0; y < b.y1; y++)
        for (int x = b.x0; x < b.x1; x++)
            if (s->top[(size_t)y * s->w + x] &&
                covers(&grown, (float)x, (float)y))
                return 0;
    return 1;
}

static struct seg_synth_object
make_object(const struct seg_synth_scene *s, struct seg_rng *r, int class,
    float least, float most, float turn)
{
    struct seg_synth_object t = {.class = class, .parent = -1};
    float angle = uniform(r, -turn, turn);

    t.cx = uniform(r, 0, s->w);
    t.cy = uniform(r, 0, s->h);
    t.rx = uniform(r, least, most) * s->unit;
    t.ry = uniform(r, least, most) * s->unit;
    t.cos = cosf(angle);
    t.sin = sinf(angle);
    return t;
}

/* A wall and its windows, which are arranged in a grid and keep away from the
   frame. */
static void
put_wall(struct seg_synth_scene *s, struct seg_rng *r)
{
    struct seg_synth_object wall = make_object(s, r, WALL, 18, 30, 0.3f);
    int parent = s->n, columns = uniform_int(r, 1, 3),
        rows = uniform_int(r, 1, 2);

    put(s, &wall);
    for (int i = 0; i < columns * rows; i++) {
        struct seg_synth_object t = make_object(s, r, WINDOW, 5, 7.5f, 0);
        float u = (2 * (float)(i % columns) + 1) / (float)columns - 1;
        float v = (2 * (float)(i / columns) + 1) / (float)rows - 1;

        if (seg_rng_unit(r) < 0.2)
            continue;
        t.rx = fminf(t.rx, wall.rx / (float)columns - 1.5f * s->unit);
        t.ry = fminf(t.ry, wall.ry / (float)rows - 1.5f * s->unit);
        u *= wall.rx;
        v *= wall.ry;
        t.cx = wall.cx + u * wall.cos - v * wall.sin;
        t.cy = wall.cy + u * wall.sin + v * wall.cos;
        t.cos = wall.cos;
        t.sin = wall.sin;
        t.parent = parent;
        put(s, &t);
    }
}

static void
put_sign(struct seg_synth_scene *s, struct seg_rng *r)
{
    for (int attempt = 0; attempt < 20; attempt++) {
        struct seg_synth_object t = make_object(s, r, SIGN, 5, 7.5f, 0.3f);

        if (on_ground(s, &t)) {
            put(s, &t);
            return;
        }
    }
}

static void
put_round(struct seg_synth_scene *s, struct seg_rng *r, int class)
{
    struct seg_synth_object t = make_object(s, r, class, 8, 16, PI);

    t.ry = t.rx * uniform(r, 0.75, 1);
    t.inner = uniform(r, 0.35, 0.55);
    put(s, &t);
}

static void
put_blob(struct seg_synth_scene *s, struct seg_rng *r, int class)
{
    struct seg_synth_object t = make_object(s, r, class, 10, 18, PI);
    float angle = uniform(r, -0.25, 0.25) + (class == HATCH ? PI / 2 : 0);
    float wave = 2 * PI / (uniform(r, 5, 8) * s->unit);

    for (int i = 0; i < 2; i++) {
        t.bulge[i] = uniform(r, 0.05, 0.18);
        t.bulge[i + 2] = uniform(r, 0, 2 * PI);
    }
    t.stripe[0] = wave * cosf(angle);
    t.stripe[1] = wave * sinf(angle);
    t.stripe[2] = uniform(r, 0, 2 * PI);
    put(s, &t);
}

int
seg_synth_scene_draw(struct seg_synth_scene *s, struct seg_arena *a, int w,
    int h, struct seg_rng *r, struct seg_err *e)
{
    /* a long image has as many objects as square images side by side */
    int side = w < h ? w : h, squares = ((w > h ? w : h) + side / 2) / side;
    int walls = squares * uniform_int(r, 1, 2),
        signs = squares * uniform_int(r, 2, 4);
    int others = squares * uniform_int(r, 4, 7);

    *s = (struct seg_synth_scene){.w = w, .h = h, .unit = (float)side / 76};
    s->top = seg_take(a, (size_t)w * (size_t)h, sizeof *s->top, e);
    s->object =
        seg_take(a, (size_t)(walls * 7 + signs + others), sizeof *s->object, e);
    if (!s->top || !s->object)
        return -1;
    for (int i = 0; i < walls; i++)
        put_wall(s, r);
    for (int i = 0; i < signs; i++)
        put_sign(s, r);
    for (int i = 0; i < others; i++) {
        int class = uniform_int(r, DISC, RAIL);

        if (class == DISC || class == RING)
            put_round(s, r, class);
        else
            put_blob(s, r, class);
    }
    return 0;
}
