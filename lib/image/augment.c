#include <math.h>
#include <string.h>

#include "lib/image/augment.h"

/* The image as floats. */
struct canvas {
    float *x;
    int h, w, c;
    size_t n; /* number of pixels */
    struct seg_range range;
};

static float
factor(struct seg_rng *r, double strength)
{
    double by = 0.8 * strength;

    return (float)seg_rng_range(r, by < 1 ? 1 - by : 0, 1 + by);
}

static int
chance(struct seg_rng *r, double p)
{
    return seg_rng_unit(r) < p;
}

static int
gains(const struct canvas *p, double strength, struct seg_rng *r,
    struct seg_arena *scratch, struct seg_err *e)
{
    float *gain = seg_take_dirty(scratch, (size_t)p->c, sizeof *gain, e);

    if (!gain)
        return -1;
    for (int b = 0; b < p->c; b++)
        gain[b] = factor(r, strength);
    seg_color_gains(p->x, p->n, p->c, gain, p->range);
    return 0;
}

/* Brightness, contrast, saturation and hue in random order. */
static int
jitter(const struct canvas *p, double strength, struct seg_rng *r,
    struct seg_arena *scratch, struct seg_err *e)
{
    int order[] = {0, 1, 2, 3};
    float brightness = factor(r, strength), contrast = factor(r, strength);
    float saturation = factor(r, strength);
    float turn = (float)seg_rng_range(r, -0.2 * strength, 0.2 * strength);

    seg_rng_shuffle(r, order, 4);
    for (int i = 0; i < 4; i++)
        switch (order[i]) {
        case 0:
            seg_color_brightness(p->x, p->n * p->c, brightness, p->range);
            break;
        case 1:
            seg_color_contrast(p->x, p->n, p->c, contrast, p->range);
            break;
        case 2:
            if (p->c == 3)
                seg_color_saturation(p->x, p->n, saturation, p->range);
            else if (gains(p, strength, r, scratch, e))
                return -1;
            break;
        default:
            if (p->c == 3)
                seg_color_hue(p->x, p->n, turn);
        }
    return 0;
}

/* What offset and noise are multiplied by. */
static double
unit(const struct canvas *p, const struct seg_augment *s)
{
    double sum = 0, squares = 0, n = (double)(p->n * p->c);

    if (!s->relative)
        return 1;
    for (size_t i = 0; i < p->n * p->c; i++)
        sum += (double)p->x[i];
    for (size_t i = 0; i < p->n * p->c; i++) {
        double d = (double)p->x[i] - sum / n;

        squares += d * d;
    }
    return sqrt(squares / n);
}

static void
add_bias(const struct canvas *p, double most, struct seg_rng *r)
{
    float k[SEG_BIAS_TERMS];

    for (int i = 0; i < SEG_BIAS_TERMS; i++)
        k[i] = (float)seg_rng_range(r, -most, most);
    seg_color_bias(p->x, p->h, p->w, p->c, k);
}

static void
add_offset(const struct canvas *p, float offset)
{
    for (size_t i = 0; i < p->n * p->c; i++)
        p->x[i] += offset;
}

static void
add_noise(const struct canvas *p, float sd, struct seg_rng *r)
{
    for (size_t i = 0; i < p->n * p->c; i++)
        p->x[i] += sd * (float)seg_rng_normal(r);
}

/* Cutout: fills a random rectangle with the mean of each band. */
static void
cut_out(const struct canvas *p, double share, struct seg_rng *r)
{
    int h = (int)fmax(1, round(share * p->h));
    int w = (int)fmax(1, round(share * p->w));
    int y0 = (int)seg_rng_below(r, (uint64_t)(p->h - h) + 1);
    int x0 = (int)seg_rng_below(r, (uint64_t)(p->w - w) + 1);

    for (int b = 0; b < p->c; b++) {
        double sum = 0;

        for (size_t i = 0; i < p->n; i++)
            sum += (double)p->x[i * p->c + b];
        float mean = (float)(sum / (double)p->n);
        for (int y = y0; y < y0 + h; y++)
            for (int x = x0; x < x0 + w; x++)
                p->x[((size_t)y * p->w + x) * p->c + b] = mean;
    }
}

static int
augment(const struct canvas *p, const struct seg_augment *s, struct seg_rng *r,
    struct seg_arena *scratch, struct seg_err *e)
{
    double one = unit(p, s);

    if (s->gamma[0] > 0)
        seg_color_gamma(p->x, p->n * p->c,
            (float)seg_rng_log_range(r, s->gamma[0], s->gamma[1]));
    if (s->bias > 0)
        add_bias(p, s->bias, r);
    if (s->offset > 0)
        add_offset(p, (float)(one * seg_rng_range(r, -s->offset, s->offset)));
    if (s->color > 0 && chance(r, 0.8) && jitter(p, s->color, r, scratch, e))
        return -1;
    if (s->gray > 0 && chance(r, s->gray) && p->c > 1)
        seg_color_gray(p->x, p->n, p->c);
    if (s->blur > 0 && chance(r, s->blur) &&
        seg_blur(p->x, p->h, p->w, p->c,
            (float)seg_rng_range(r, s->sigma[0], s->sigma[1]), scratch, e))
        return -1;
    if (s->noise > 0)
        add_noise(p, (float)(one * seg_rng_range(r, 0, s->noise)), r);
    if (s->cutout > 0 && chance(r, s->cutout))
        cut_out(p, s->cutout_size, r);
    return 0;
}

/* Clamps to the range of the type and stores, rounded with halves up. */
static void
store(struct seg_tensor *t, const struct canvas *p)
{
    size_t n = p->n * p->c;
    struct seg_range k = p->range;
    uint8_t *u8 = t->data;
    uint16_t *u16 = t->data;
    int16_t *i16 = t->data;
    float *f32 = t->data;

    for (size_t i = 0; i < n; i++) {
        float v = p->x[i];

        p->x[i] = v < k.least ? k.least : v > k.most ? k.most : v;
    }
    switch (t->type) {
    case SEG_U8:
        for (size_t i = 0; i < n; i++)
            u8[i] = (uint8_t)(p->x[i] + 0.5f);
        break;
    case SEG_U16:
        for (size_t i = 0; i < n; i++)
            u16[i] = (uint16_t)(p->x[i] + 0.5f);
        break;
    case SEG_I16:
        for (size_t i = 0; i < n; i++)
            i16[i] = (int16_t)floorf(p->x[i] + 0.5f);
        break;
    case SEG_F32:
        for (size_t i = 0; i < n; i++)
            f32[i] = p->x[i];
        break;
    default:
        for (size_t i = 0; i < n; i++)
            seg_tensor_put(t, i, (double)p->x[i]);
    }
}

/* Types not listed are clamped by seg_tensor_put. */
static struct seg_range
range_of(enum seg_type type)
{
    switch (type) {
    case SEG_U8:
        return (struct seg_range){0, UINT8_MAX};
    case SEG_U16:
        return (struct seg_range){0, UINT16_MAX};
    case SEG_I16:
        return (struct seg_range){INT16_MIN, INT16_MAX};
    default:
        return (struct seg_range){-INFINITY, INFINITY};
    }
}

/* ---- pixels without data ---- */

/* The gaps of an image before augmentation, and a copy of its bytes. */
struct saved_gaps {
    const uint8_t *gap; /* NULL: none */
    const char *bytes;
    const struct seg_nodata *nodata;
};

/* During augmentation each gap has the mean of its band, so that it does not
   change the mean and hardly changes its neighbors. */
static void
fill_gaps(const struct canvas *p, const uint8_t *gap)
{
    for (int b = 0; b < p->c; b++) {
        double sum = 0, n = 0;

        for (size_t i = 0; i < p->n; i++)
            if (!gap[i]) {
                sum += (double)p->x[i * p->c + b];
                n++;
            }
        for (size_t i = 0; i < p->n; i++)
            if (gap[i])
                p->x[i * p->c + b] = n > 0 ? (float)(sum / n) : 0;
    }
}

static int
save_gaps(struct saved_gaps *k, const struct seg_tensor *t,
    const struct seg_nodata *nodata, struct seg_arena *a, struct seg_err *e)
{
    uint8_t *gap;

    *k = (struct saved_gaps){.nodata = nodata};
    if (seg_nodata_map(&gap, nodata, t, a, e))
        return -1;
    if (!gap)
        return 0;
    char *bytes = seg_take_dirty(a, t->bytes, 1, e);
    if (!bytes)
        return -1;
    memcpy(bytes, t->data, t->bytes);
    k->gap = gap;
    k->bytes = bytes;
    return 0;
}

/* Restores the gaps; other pixels must not equal the declared value. */
static void
restore_gaps(struct seg_tensor *t, const struct saved_gaps *k, size_t n)
{
    size_t pixel = n ? t->bytes / n : 0;

    for (size_t i = 0; i < n && (k->gap || k->nodata->declared); i++)
        if (k->gap && k->gap[i])
            memcpy((char *)t->data + i * pixel, k->bytes + i * pixel, pixel);
        else
            seg_nodata_avoid(k->nodata, t, i);
}

int
seg_augment_apply(struct seg_tensor *t, const struct seg_augment *s,
    const struct seg_nodata *nodata, const char *key, uint64_t index,
    struct seg_arena *scratch, struct seg_err *e)
{
    enum { SIDE = 1 << 28 };
    struct seg_rng r = seg_rng_make(s->seed, key, "augment", index);
    size_t bands = seg_tensor_bands(t);
    struct canvas p;
    struct saved_gaps saved;
    char text[120];

    if ((t->rank != 2 && t->rank != 3) || !t->bytes || t->shape[0] > SIDE ||
        t->shape[1] > SIDE || bands > SIDE)
        return seg_fail(e, SEG_EDATA,
            "%s: %s is %s; [height,width,bands] expected", key, t->name,
            seg_tensor_describe(text, sizeof text, t));
    p.range = range_of(t->type);
    p.h = (int)t->shape[0];
    p.w = (int)t->shape[1];
    p.c = (int)bands;
    p.n = t->shape[0] * t->shape[1];
    p.x = seg_take_dirty(scratch, p.n * p.c, sizeof *p.x, e);
    if (!p.x || save_gaps(&saved, t, nodata, scratch, e))
        return -1;
    seg_tensor_floats(p.x, t);
    if (saved.gap)
        fill_gaps(&p, saved.gap);
    if (augment(&p, s, &r, scratch, e))
        return -1;
    store(t, &p);
    restore_gaps(t, &saved, p.n);
    return 0;
}

/* Copies the channels that both have. */
static void
copy_bands(struct seg_tensor *to, const struct seg_tensor *from)
{
    size_t px = seg_type_size(to->type), n = to->shape[0] * to->shape[1];
    size_t a = seg_tensor_bands(to) * px, b = seg_tensor_bands(from) * px;

    for (size_t i = 0; i < n; i++)
        memcpy((char *)to->data + i * a, (const char *)from->data + i * b,
            a < b ? a : b);
}

int
seg_augment_bands(struct seg_tensor *t, size_t bands,
    const struct seg_augment *s, const struct seg_nodata *nodata,
    const char *key, uint64_t index, struct seg_arena *scratch,
    struct seg_err *e)
{
    struct seg_tensor first = *t;

    if (bands >= seg_tensor_bands(t))
        return seg_augment_apply(t, s, nodata, key, index, scratch, e);
    first.shape[2] = bands;
    first.bytes = t->shape[0] * t->shape[1] * bands * seg_type_size(t->type);
    first.data = seg_take_dirty(scratch, first.bytes, 1, e);
    if (!first.data)
        return -1;
    copy_bands(&first, t);
    if (seg_augment_apply(&first, s, nodata, key, index, scratch, e))
        return -1;
    copy_bands(t, &first);
    return 0;
}
