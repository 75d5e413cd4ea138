/*
 * Winograd F(4x4,3x3), stride 1.  Tiles of 4x4 outputs become 36 products of
 * tiles x c by c x k, done by the same micro-kernels as direct convolution.
 *
 * Dilation d splits the output into d*d phase images (every d-th row and
 * column), each an ordinary convolution; a tile then steps by d pixels.
 * Backward-data is forward with the roles of c and k exchanged and the
 * weights turned round; backward-weights is the exact adjoint.
 */
#include "lib/kernel/conv_kernel.h"

enum {
    ELEMENTS = 36,
    LEAST = 16,       /* channels, below which direct is better */
    COST = 45,        /* percent of direct's time where no tile is cut, */
    COST_NARROW = 60, /* and with fewer channels than NARROW */
    NARROW = 32,
    WIDE = 128,              /* channels whose products no L2 would hold */
    CACHE_FLOATS = 96 << 10, /* of one task's products if not wide */
    BLOCK_MOST = 112,
    BLOCK_WEIGHTS = 168, /* larger, for the sums are read and written anew, */
    CACHE_WEIGHTS = 200 << 10, /* and likewise */
    CHUNKS = 16,
    PART_FLOATS = 12 << 20, /* of all partial sums together */
    PAST_FLOATS = 4 << 20, /* of a map that no cache keeps for the next layer */
};

/* A pass reads x n,h,w,c and writes y n,oh,ow,k; backward-data exchanges. */
struct tiling {
    const struct conv_kernels *kn;
    int n, h, w, c, oh, ow, k;
    int pad_y, pad_x, d;
    const struct seg_lens *lens; /* of x */
    int high, wide;              /* tiles of a phase image */
    int tiles;                   /* of all images */
    int block;                   /* tiles of a task */
    int cp;                      /* c in whole vectors */
    int kp, panels;              /* k in whole panels */
    long vpitch, mpitch; /* floats between elements, never whole pages */
};

static struct tiling
plan(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int back = pass == SEG_CONV_DATA, d = cv->dilation;
    int weights = pass == SEG_CONV_WEIGHTS;
    const struct conv_kernels *kn = kernels_of(cv);
    struct tiling t = {kn, cv->n, cv->h, cv->w, cv->c, cv->oh, cv->ow, cv->k,
        cv->pad_y, cv->pad_x, d, lens_of(cv, pass), 0, 0, 0, 0, 0, 0, 0, 0, 0};
    if (back)
        t = (struct tiling){kn, cv->n, cv->oh, cv->ow, cv->k, cv->h, cv->w,
            cv->c, 2 * d - cv->pad_y, 2 * d - cv->pad_x, d, lens_of(cv, pass),
            0, 0, 0, 0, 0, 0, 0, 0, 0};
    t.high = ceil_div(ceil_div(t.oh, d), 4);
    t.wide = ceil_div(ceil_div(t.ow, d), 4);
    t.tiles = t.n * d * d * t.high * t.wide;
    t.cp = ceil_div(t.c, kn->width) * kn->width;
    t.panels = ceil_div(t.k, kn->panel);
    t.kp = t.panels * kn->panel;
    t.block = weights ? BLOCK_WEIGHTS : min_int(BLOCK_MOST, t.tiles / 8);
    int cache = weights ? CACHE_WEIGHTS : CACHE_FLOATS;
    if (t.c < WIDE)
        t.block = min_int(t.block, cache / (ELEMENTS * (t.cp + t.kp)));
    t.block = t.block / kn->rows * kn->rows;
    t.block = max_int(t.block, kn->rows);
    t.vpitch = (long)t.block * t.cp + LINE;
    t.mpitch = (long)t.block * t.kp + LINE;
    return t;
}

/* Image and first output pixel of a tile. */
static int
locate(struct patch *p, const struct tiling *t, int tile)
{
    int tx = tile % t->wide, rest = tile / t->wide;
    int ty = rest % t->high, phase = rest / t->high % (t->d * t->d);
    *p = (struct patch){t->oh, t->ow, t->k, ty * 4 * t->d + phase / t->d,
        tx * 4 * t->d + phase % t->d, t->d,
        (long)t->n * t->oh * t->ow * t->k > PAST_FLOATS};
    return rest / t->high / (t->d * t->d);
}

/* v[e][tile][cp] for count tiles from first on. */
static void
transform_inputs(
    float *v, const float *x, const struct tiling *t, int first, int count)
{
    for (int i = 0; i < count; i++) {
        struct patch out;
        int image = locate(&out, t, first + i);
        struct patch in = {
            t->h, t->w, t->c, out.y - t->pad_y, out.x - t->pad_x, t->d, 0};
        long at = (long)image * t->h * t->w * t->c;
        struct seg_lens l;
        if (t->lens)
            l = seg_lens_at(*t->lens, at, 0);
        t->kn->input_tile(
            v + (long)i * t->cp, t->vpitch, x + at, t->lens ? &l : NULL, &in);
    }
}

/* m[e][tile][kp] = v[e][tile][cp] u[e][panel][c][.] */
static void
multiply(
    float *m, const float *v, const float *u, const struct tiling *t, int count)
{
    static const struct tap whole = {0, 0};
    int panel = t->kn->panel;
    for (int e = 0; e < ELEMENTS; e++)
        for (int p = 0; p < t->panels; p++) {
            struct reduce r = {.taps = &whole,
                .ntaps = 1,
                .depth = t->c,
                .a = v + e * t->vpitch,
                .lda = t->cp,
                .b = u + ((long)e * t->panels + p) * t->c * panel,
                .c = m + e * t->mpitch + p * panel,
                .ldc = t->kp,
                .cols = panel};
            seg_conv_reduce_span(t->kn, r, count);
        }
}

static void
transform_output(float *y, const float *m, const struct tiling *t,
    const struct seg_conv_epilogue *epilogue, int tile, float *part)
{
    struct patch out;
    long image = (long)locate(&out, t, tile) * t->oh * t->ow * t->k;
    struct seg_conv_epilogue e = *epilogue;
    struct seg_gate gate;
    if (e.residual)
        e.residual += image;
    if (e.gate) {
        gate = seg_gate_at(*e.gate, image, 0);
        e.gate = &gate;
    }
    t->kn->output_tile(
        y + image, &out, m, t->mpitch, &e, part, (long)seg_part_apart(t->k));
}

/*
 * Moments are taken about a task's first pixel, which must be there for it.
 * Where dilation exceeds the image some tiles have no pixel in it.
 */
static void
start_part(float *part, float *y, const float *m, const struct tiling *t,
    const struct seg_conv_epilogue *e, int first, int count)
{
    const float *pixel = NULL;
    int pixels = 0;
    seg_part_start(part, NULL, 0, t->k);
    for (int i = 0; i < count && e->moments; i++) {
        struct patch p;
        long image = locate(&p, t, first + i);
        int high = min_int(4, ceil_div(p.h - p.y, p.step));
        int wide = min_int(4, ceil_div(p.w - p.x, p.step));
        if (high <= 0 || wide <= 0)
            continue;
        if (!pixel) {
            transform_output(y, m + (long)i * t->kp, t, e, first + i, NULL);
            pixel = y + ((image * t->oh + p.y) * t->ow + p.x) * t->k;
        }
        pixels += high * wide;
    }
    if (pixel)
        seg_part_start(part, pixel, (float)pixels, t->k);
}

static void
transform_outputs(float *y, const float *m, const struct tiling *t,
    const struct seg_conv_epilogue *e, int first, int count, float *part)
{
    if (part)
        start_part(part, y, m, t, e, first, count);
    for (int i = 0; i < count; i++)
        transform_output(y, m + (long)i * t->kp, t, e, first + i, part);
    t->kn->settle();
}

static size_t
task_floats(const struct tiling *t)
{
    return round_floats(ELEMENTS * (size_t)(t->vpitch + t->mpitch));
}

void
seg_conv_winograd(float *out, const float *in, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    enum seg_conv_pass pass, float *scratch)
{
    const struct seg_conv_epilogue none = {0}, *e = epilogue ? epilogue : &none;
    struct tiling t = plan(cv, pass);
    float *parts = scratch + task_floats(&t) * cv->threads;
    int tally = e->moments || e->gate, tasks = ceil_div(t.tiles, t.block);
#pragma omp parallel for num_threads(cv->threads) schedule(dynamic)
    for (int i = 0; i < tasks; i++) {
        int first = i * t.block, count = min_int(t.block, t.tiles - first);
        float *v = scratch + task_floats(&t) * omp_get_thread_num();
        float *m = v + ELEMENTS * t.vpitch;
        transform_inputs(v, in, &t, first, count);
        multiply(m, v, packed, &t, count);
        transform_outputs(out, m, &t, e, first, count,
            tally ? parts + i * seg_part_floats(t.k) : NULL);
    }
    seg_conv_join(e, parts, tasks, t.k, cv->threads);
}

/* How many of the (tap, position) pairs of one axis lie inside the image. */
static double
live_share(int size, int out, int pad, int dilation)
{
    long live = 0;
    for (int r = 0; r < 3; r++)
        live += max_int(0, min_int(out, size + pad - r * dilation) -
                               max_int(0, pad - r * dilation));
    return (double)live / (3.0 * out);
}

/*
 * Direct skips taps in the padding where dilation is wide; Winograd does not,
 * and computes whole tiles of every phase image.
 */
int
seg_conv_winograd_pays(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    if (cv->kh != 3 || cv->kw != 3 || cv->stride != 1 || cv->groups != 1 ||
        cv->c < LEAST || cv->k < LEAST)
        return 0;
    struct tiling t = plan(cv, pass);
    double whole = 16.0 * t.d * t.d * t.high * t.wide / ((double)t.oh * t.ow);
    double live = live_share(cv->h, cv->oh, cv->pad_y, cv->dilation) *
                  live_share(cv->w, cv->ow, cv->pad_x, cv->dilation);
    int cost = min_int(t.c, t.k) < NARROW ? COST_NARROW : COST;
    return cost * whole < 100 * live;
}

size_t
seg_conv_winograd_packed(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    struct tiling t = plan(cv, pass);
    return (size_t)ELEMENTS * t.c * t.kp;
}

/* u[e][panel][c][.] = G w G' */
void
seg_conv_winograd_pack(float *packed, const float *w, const float *scale,
    const struct seg_conv *cv, enum seg_conv_pass pass)
{
    struct tiling t = plan(cv, pass);
    int panel = t.kn->panel;
#pragma omp parallel for num_threads(cv->threads) schedule(dynamic, 16)
    for (int i = 0; i < t.panels * t.c; i++) {
        float g[9 * MAX_PANEL];
        seg_conv_gather(g, panel, w, scale, cv, pass, i / t.c, i % t.c);
        t.kn->weight_tile(
            packed + (long)i * panel, (long)t.panels * t.c * panel, g);
    }
}

/*
 * Backward-weights:  dw = G' (sum over tiles of v z') G,  v = B' d B from x,
 * z = A g A' from dy.  As in the direct method the tiles fall into chunks that
 * do not depend on the number of threads, each with its own sum u[e][panel][c].
 */
static int
count_chunks(const struct tiling *t)
{
    long fit = PART_FLOATS / ((long)ELEMENTS * t->c * t->kp);
    int chunks = CHUNKS;
    while (chunks > 2 && (chunks > fit || chunks > t->tiles / t->block))
        chunks /= 2;
    return min_int(chunks, t->tiles);
}

/* z[e][panel][tile][.] */
static void
transform_gradients(float *z, const float *dy, const struct seg_lens *lens,
    const struct tiling *t, int first, int count)
{
    int panel = t->kn->panel;
    for (int i = 0; i < count; i++) {
        struct patch out;
        long at = (long)locate(&out, t, first + i) * t->oh * t->ow * t->k;
        struct seg_lens l;
        if (lens)
            l = seg_lens_at(*lens, at, 0);
        t->kn->gradient_tile(z + (long)i * panel, t->mpitch,
            (long)t->block * panel, dy + at, lens ? &l : NULL, &out);
    }
}

/* u[e][panel][c][.] (+)= sum over tiles of v[e][tile][c] z[e][panel][tile] */
static void
add_products(float *u, const float *v, const float *z, const struct tiling *t,
    int count, int add)
{
    int panel = t->kn->panel, groups = ceil_div(t->c, t->kn->rows);
    for (int i = 0; i < ELEMENTS * t->panels; i++)
        for (int g = 0; g < groups; g++) {
            int lo = t->c * g / groups, hi = t->c * (g + 1) / groups;
            int e = i / t->panels, p = i % t->panels;
            struct outer o = {.ny = 1,
                .nx = count,
                .xa = t->cp,
                .a = v + e * t->vpitch + lo,
                .b = z + e * t->mpitch + (long)p * t->block * panel,
                .c = u + ((long)i * t->c + lo) * panel,
                .next = u + ((long)i * t->c + hi) * panel,
                .next_step = LINE,
                .add = add};
            t->kn->outer[hi - lo](&o);
        }
}

static void
make_part(float *u, const float *x, const float *dy,
    const struct seg_lens *dy_lens, const struct tiling *t, int first, int end,
    float *v)
{
    float *z = v + ELEMENTS * t->vpitch;
    for (int i = first; i < end; i += t->block) {
        int count = min_int(t->block, end - i);
        transform_inputs(v, x, t, i, count);
        transform_gradients(z, dy, dy_lens, t, i, count);
        add_products(u, v, z, t, count, i > first);
    }
}

/* Column i of the parts' (panel, c) pairs, summed, turned back into dw. */
static void
finish_weights(float *dw, const float *parts, const struct tiling *t,
    int chunks, int i, int add)
{
    int panel = t->kn->panel, p = i / t->c, c = i % t->c;
    long pitch = (long)t->kp * t->c;
    float g[9 * MAX_PANEL];
    t->kn->weight_gradient_tile(
        g, parts + (long)i * panel, pitch, chunks, ELEMENTS * pitch);
    for (int j = 0; j < panel && p * panel + j < t->k; j++)
        for (int tap = 0; tap < 9; tap++) {
            float *to = dw + ((p * panel + j) * (long)t->c + c) * 9 + tap;
            *to = add ? *to + g[tap * panel + j] : g[tap * panel + j];
        }
}

void
seg_conv_winograd_weights(float *dw, const float *x, const float *dy, int add,
    const struct seg_conv *cv, float *scratch)
{
    struct tiling t = plan(cv, SEG_CONV_WEIGHTS);
    int chunks = count_chunks(&t);
    size_t each = task_floats(&t), part = (size_t)ELEMENTS * t.c * t.kp;
    float *parts = scratch + each * cv->threads;
#pragma omp parallel num_threads(cv->threads)
    {
        float *own = scratch + each * omp_get_thread_num();
#pragma omp for schedule(dynamic)
        for (int i = 0; i < chunks; i++)
            make_part(parts + i * part, x, dy, cv->dy_lens, &t,
                (int)((long)t.tiles * i / chunks),
                (int)((long)t.tiles * (i + 1) / chunks), own);
#pragma omp for schedule(dynamic, 16)
        for (int i = 0; i < t.panels * t.c; i++)
            finish_weights(dw, parts, &t, chunks, i, add);
    }
}

size_t
seg_conv_winograd_scratch(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    struct tiling t = plan(cv, pass);
    size_t floats = task_floats(&t) * cv->threads;
    if (pass == SEG_CONV_WEIGHTS)
        floats += (size_t)ELEMENTS * t.c * t.kp * count_chunks(&t);
    else
        floats += seg_part_floats(t.k) * ceil_div(t.tiles, t.block);
    return round_floats(floats) * sizeof(float);
}
