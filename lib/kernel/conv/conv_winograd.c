/*
 * Winograd F(4x4,3x3) (Lavin and Gray, 1509.09308), stride 1.  Tiles of 4x4
 * outputs become 36 products of tiles x c by c x k, with the brgemm
 * micro-kernel.
 */
#include "lib/kernel/conv/conv_common.h"
#include "lib/kernel/conv/conv_tiling.h"

/* Measured with tests/bench/conv on AVX-512. */
enum {
    MIN_CHANNELS = 16, /* with fewer, direct is faster */
    COST = 45,         /* percent of direct's time if tiles fit exactly, */
    COST_NARROW = 60,  /* and with fewer channels than NARROW_CHANNELS */
    NARROW_CHANNELS = 32,
    WIDE_CHANNELS = 128,     /* products no longer fit in the L2 cache */
    CACHE_FLOATS = 96 << 10, /* products of one task, if fewer channels */
    MAX_BLOCK_TILES = 112
};

static struct tiling
plan(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    struct tiling t = seg_tiling(cv, pass);
    int block = min_int(MAX_BLOCK_TILES, t.tiles / 8);
    if (t.c < WIDE_CHANNELS)
        block = min_int(block, CACHE_FLOATS / (ELEMENTS * (t.cp + t.kp)));
    seg_tiling_block(&t, block);
    return t;
}

/* m[e][tile][kp] = v[e][tile][cp] u[e][panel][c][.] */
static void
multiply(
    float *m, const float *v, const float *u, const struct tiling *t, int count)
{
    int panel = t->mm->panel;
    for (int e = 0; e < ELEMENTS; e++)
        for (int p = 0; p < t->panels; p++) {
            struct brgemm r = {.terms = &seg_brgemm_plain,
                .nterms = 1,
                .depth = t->c,
                .a = v + e * t->vpitch,
                .lda = t->cp,
                .b = u + ((long)e * t->panels + p) * t->c * panel,
                .c = m + e * t->mpitch + p * panel,
                .ldc = t->kp,
                .cols = panel};
            seg_brgemm_rows(t->mm, r, count);
        }
}

static void
transform_output(struct segments y, const float *m, const struct tiling *t,
    const struct seg_conv_epilogue *epilogue, int tile, float *part)
{
    struct patch out;
    long image = seg_tiling_locate(&out, t, tile);
    for (int k = 0; k < y.ninputs; m += y.input[k++].c) {
        const struct seg_concat_input *p = y.input + k;
        long at = image * t->oh * t->ow * p->c;
        struct seg_conv_epilogue e = *epilogue;
        struct seg_fused_relu relu;
        out.c = p->c;
        if (p->add)
            e.residual = p->dx;
        if (e.residual)
            e.residual += at;
        if (e.relu) {
            relu = seg_fused_relu_at(*e.relu, at, 0);
            e.relu = &relu;
        }
        if (p->dx)
            t->kn->output_tile(p->dx + at, &out, m, t->mpitch, &e, part,
                (long)seg_part_stride(t->k));
    }
}

/*
 * Starts the channel statistics of a task.  They are accumulated as differences
 * from the task's first pixel, so its tile is computed first.  If dilation
 * exceeds the image, some tiles have no pixel in it.
 */
static void
start_part(float *part, struct segments y, const float *m,
    const struct tiling *t, const struct seg_conv_epilogue *e, int first,
    int count)
{
    const float *pixel = NULL;
    int pixels = 0;
    seg_part_start(part, NULL, 0, t->k);
    for (int i = 0; i < count && e->stats; i++) {
        struct patch p;
        long image = seg_tiling_locate(&p, t, first + i);
        int high = min_int(4, ceil_div(p.h - p.y, p.step));
        int wide = min_int(4, ceil_div(p.w - p.x, p.step));
        if (high <= 0 || wide <= 0)
            continue;
        if (!pixel) {
            transform_output(y, m + (long)i * t->kp, t, e, first + i, NULL);
            pixel = y.input->dx + ((image * t->oh + p.y) * t->ow + p.x) * t->k;
        }
        pixels += high * wide;
    }
    if (pixel)
        seg_part_start(part, pixel, (float)pixels, t->k);
}

static void
transform_outputs(struct segments y, const float *m, const struct tiling *t,
    const struct seg_conv_epilogue *e, int first, int count, float *part)
{
    if (part)
        start_part(part, y, m, t, e, first, count);
    for (int i = 0; i < count; i++)
        transform_output(y, m + (long)i * t->kp, t, e, first + i, part);
    t->kn->end_output();
}

size_t
seg_conv_winograd_scratch(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    struct tiling t = plan(cv, pass);
    return round_floats(seg_tiling_floats(&t) * cv->threads +
                        seg_part_floats(t.k) * ceil_div(t.tiles, t.block)) *
           sizeof(float);
}

void
seg_conv_winograd(float *out, const float *in, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    enum seg_conv_pass pass, float *scratch)
{
    const struct seg_conv_epilogue none = {0}, *e = epilogue ? epilogue : &none;
    struct tiling t = plan(cv, pass);
    const struct seg_concat_input from = {
        .c = t.c, .x = in, .affine = affine_of(cv, pass)};
    const struct seg_concat_input to = {.c = t.k, .dx = out};
    struct segments x = {&from, 1}, y = {&to, 1};
    if (pass == SEG_CONV_DATA)
        y = seg_tiling_x(cv, &to);
    else
        x = seg_tiling_x(cv, &from);
    float *parts = scratch + seg_tiling_floats(&t) * cv->threads;
    int sums = e->stats || e->relu, tasks = ceil_div(t.tiles, t.block);
#pragma omp parallel for num_threads(cv->threads) schedule(dynamic)
    for (int i = 0; i < tasks; i++) {
        int first = i * t.block, count = min_int(t.block, t.tiles - first);
        float *v = scratch + seg_tiling_floats(&t) * omp_get_thread_num();
        float *m = v + ELEMENTS * t.vpitch;
        seg_tiling_inputs(v, x, &t, first, count);
        multiply(m, v, packed, &t, count);
        transform_outputs(y, m, &t, e, first, count,
            sums ? parts + i * seg_part_floats(t.k) : NULL);
    }
    seg_conv_reduce_sums(e, parts, tasks, t.k, cv->threads);
}

/* Fraction of the (tap, position) pairs of one axis that are inside the
   image. */
static double
fraction_inside(int size, int out, int pad, int dilation)
{
    long inside = 0;
    for (int r = 0; r < 3; r++)
        inside += max_int(0, min_int(out, size + pad - r * dilation) -
                                 max_int(0, pad - r * dilation));
    return (double)inside / (3.0 * out);
}

/*
 * Direct convolution skips taps in the padding with wide dilation; Winograd
 * does not, and computes whole tiles of every phase image.
 */
int
seg_conv_winograd_is_profitable(
    const struct seg_conv *cv, enum seg_conv_pass pass)
{
    if (cv->kh != 3 || cv->kw != 3 || cv->stride != 1 || cv->groups != 1 ||
        cv->c < MIN_CHANNELS || cv->k < MIN_CHANNELS)
        return 0;
    struct tiling t = seg_tiling(cv, pass);
    double whole =
        16.0 * t.d * t.d * t.tiles_y * t.tiles_x / ((double)t.oh * t.ow);
    double inside = fraction_inside(cv->h, cv->oh, cv->pad_y, cv->dilation) *
                    fraction_inside(cv->w, cv->ow, cv->pad_x, cv->dilation);
    int cost = min_int(t.c, t.k) < NARROW_CHANNELS ? COST_NARROW : COST;
    return cost * whole < 100 * inside;
}

size_t
seg_conv_winograd_packed(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    struct tiling t = seg_tiling(cv, pass);
    return (size_t)ELEMENTS * t.c * t.kp;
}

/* u[e][panel][c][.] = G w G' */
void
seg_conv_winograd_pack(float *packed, const float *w, const float *scale,
    const struct seg_conv *cv, enum seg_conv_pass pass)
{
    struct tiling t = seg_tiling(cv, pass);
    int panel = t.mm->panel;
#pragma omp parallel for num_threads(cv->threads) schedule(dynamic, 16)
    for (int i = 0; i < t.panels * t.c; i++) {
        float g[9 * MAX_PANEL];
        seg_conv_pack_channel(g, panel, w, scale, cv, pass, i / t.c, i % t.c);
        t.kn->weight_tile(
            packed + (long)i * panel, (long)t.panels * t.c * panel, g);
    }
}
