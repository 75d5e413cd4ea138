#include <math.h>
#include <string.h>

#include "lib/dataset/mix.h"
#include "lib/train/semi.h"

int
seg_semi_start(struct seg_semi *s, struct seg_arena *a, struct seg_err *e)
{
    const struct seg_batch *b = s->labeled;
    size_t pixels = 2 * (size_t)b->records * b->h * b->w;

    s->label = seg_take_dirty(a, pixels, 1, e);
    s->pseudo = seg_take_dirty(a, pixels, 1, e);
    return s->label && s->pseudo ? 0 : -1;
}

double
seg_semi_ramp(uint64_t t, uint64_t ramp)
{
    double left = t < ramp ? 1 - (double)t / (double)ramp : 0;

    return exp(-5 * left * left);
}

/* cutmix: a share of the area that is uniform in 0 to 1; copy-paste: two thirds
   of each side. */
static struct seg_rectangle
draw_rectangle(const struct seg_semi *s, uint64_t number)
{
    const struct seg_batch *b = s->labeled;
    struct seg_rng r = seg_rng_make(s->seed, NULL, "rectangle", number);
    double side = s->mix == SEG_MIX_CUTMIX ? sqrt(seg_rng_unit(&r)) : 2.0 / 3;

    return seg_rectangle_draw(&r, side, b->h, b->w);
}

/* Copies a rectangle of images of h x w pixels of `size` bytes. */
static void
copy_rectangle(void *to, const void *from, const struct seg_rectangle *q,
    const struct seg_batch *b, size_t size)
{
    for (int i = q->y; i < q->y + q->h; i++) {
        size_t at = ((size_t)i * b->w + q->x) * size;

        memcpy((char *)to + at, (const char *)from + at, (size_t)q->w * size);
    }
}

/* The parts of a pass before mixing. */
struct parts {
    const float *a, *u; /* labeled images, view 1 of unlabeled ones: n,h,w,c */
    const uint8_t *y, *t; /* their labels: n,h,w */
    size_t pixels;        /* of an image */
    size_t floats;
};

/* Replaces a rectangle of image `to` of the pass, 0 to 2n-1, by that of labeled
   (true) or unlabeled image i. */
static void
paste(struct seg_semi *s, float *x, const struct parts *p, int to, int i,
    int labeled, const struct seg_rectangle *q)
{
    const struct seg_batch *b = s->labeled;
    uint8_t *label = s->label + (size_t)to * p->pixels;
    uint8_t *pseudo = s->pseudo + (size_t)to * p->pixels;
    const uint8_t *from = (labeled ? p->y : p->t) + (size_t)i * p->pixels;

    copy_rectangle(x + (size_t)to * p->floats,
        (labeled ? p->a : p->u) + (size_t)i * p->floats, q, b,
        p->floats / p->pixels * sizeof *x);
    copy_rectangle(labeled ? label : pseudo, from, q, b, 1);
    for (int r = q->y; r < q->y + q->h; r++)
        memset((labeled ? pseudo : label) + (size_t)r * b->w + q->x, b->ignore,
            (size_t)q->w);
}

static void
mix_images(struct seg_semi *s, float *x, const struct parts *p, uint64_t pass)
{
    int n = s->labeled->records;

    for (int i = 0; s->mix != SEG_MIX_NONE && i < n; i++) {
        struct seg_rectangle q =
            draw_rectangle(s, pass * (uint64_t)n + (uint64_t)i);
        int next = (i + 1) % n;

        if (s->mix == SEG_MIX_CUTMIX) {
            paste(s, x, p, n + i, next, 0, &q);
        } else {
            paste(s, x, p, i, i, 0, &q);
            paste(s, x, p, n + i, next, 1, &q);
        }
    }
}

/* Pixels without data have no pseudo label; counts those that have one. */
static void
settle_pseudo(struct seg_semi *s, const uint8_t *valid, size_t n)
{
    uint8_t *y = s->teacher.label, ignore = (uint8_t)s->labeled->ignore;
    size_t sure = 0;

    for (size_t i = 0; i < n; i++) {
        y[i] = valid[i] == ignore ? ignore : y[i];
        sure += y[i] != ignore;
    }
    s->sure = (double)sure / (double)n;
}

void
seg_semi_prepare(struct seg_semi *s, float *x, uint64_t pass)
{
    const struct seg_batch *b = s->labeled, *c = s->unlabeled;
    int n = b->records, at = (int)(pass % (uint64_t)b->passes);
    struct parts p = {.pixels = (size_t)b->h * b->w};
    size_t pixels = (size_t)n * p.pixels;

    p.floats = p.pixels * b->normalize.c;
    p.a = seg_batch_x(b, at);
    p.u = seg_batch_x(c, at) + (size_t)n * p.floats;
    p.y = seg_batch_label(b, at);
    p.t = s->teacher.label;
    seg_teacher_run(&s->teacher, seg_batch_x(c, at));
    settle_pseudo(s, seg_batch_valid(c, at), pixels);
    memcpy(x, p.a, (size_t)n * p.floats * sizeof *x);
    memcpy(x + (size_t)n * p.floats, p.u, (size_t)n * p.floats * sizeof *x);
    memcpy(s->label, p.y, pixels);
    memset(s->label + pixels, b->ignore, pixels);
    memset(s->pseudo, b->ignore, pixels);
    memcpy(s->pseudo + pixels, p.t, pixels);
    mix_images(s, x, &p, pass);
}
