/*
 * Winograd, backward-weights:  dw = G' (sum over tiles of v z') G,  v = B' d B
 * from x, z = A g A' from dy.
 *
 * If the sum u[e][panel][c] fits in a core's cache, each chunk of tiles has its
 * own sum, computed by one thread, and the sums are added in order.  Otherwise
 * there is one shared sum: all threads transform a block of tiles, then each
 * adds the products of some elements.  Neither depends on the number of
 * threads.
 */
#include "lib/kernel/conv/conv_tiling.h"

enum {
    PRIVATE_FLOATS = 400 << 10, /* largest sum of one chunk: 1.6 MiB of L2 */
    CHUNKS = 16,
    CHUNK_FLOATS = 200 << 10, /* v and z of one block of a chunk, */
    MAX_CHUNK_TILES = 168,    /* and most tiles of it */
    MAX_SHARED_TILES = 224,   /* tiles of a block of all threads, */
    TILES = 8                 /* and of one transform task */
};

static size_t
sum_floats(const struct tiling *t)
{
    return (size_t)ELEMENTS * t->c * t->kp;
}

/* Number of chunks, each with its own sum; 1: one shared sum. */
static int
plan(struct tiling *t, const struct seg_conv *cv)
{
    *t = seg_tiling(cv, SEG_CONV_WEIGHTS);
    if (sum_floats(t) > PRIVATE_FLOATS) {
        seg_tiling_block(
            t, min_int(MAX_SHARED_TILES, t->tiles + t->mm->rows - 1));
        return 1;
    }
    seg_tiling_block(t,
        min_int(MAX_CHUNK_TILES, CHUNK_FLOATS / (ELEMENTS * (t->cp + t->kp))));
    int chunks = CHUNKS;
    while (chunks > 2 && chunks > t->tiles / t->block)
        chunks /= 2;
    return min_int(chunks, t->tiles);
}

/* z[e][panel][tile][.] */
static void
transform_gradients(float *z, const float *dy, const struct seg_affine *affine,
    const struct tiling *t, int first, int count)
{
    int panel = t->mm->panel;
    for (int i = 0; i < count; i++) {
        struct patch out;
        long at =
            (long)seg_tiling_locate(&out, t, first + i) * t->oh * t->ow * t->k;
        struct seg_affine l;
        if (affine)
            l = seg_affine_at(*affine, at, 0);
        t->kn->gradient_tile(z + (long)i * panel, t->mpitch,
            (long)t->block * panel, dy + at, affine ? &l : NULL, &out);
    }
}

/* u[e][panel][c][.] (+)= sum over tiles of v[e][tile][c] z[e][panel][tile] */
static void
add_products(float *u, const float *v, const float *z, const struct tiling *t,
    int e, int count, int add)
{
    int panel = t->mm->panel, groups = ceil_div(t->c, t->mm->rows);
    for (int i = e * t->panels; i < (e + 1) * t->panels; i++)
        for (int g = 0; g < groups; g++) {
            int lo = t->c * g / groups, hi = t->c * (g + 1) / groups;
            struct rank_k o = {.ny = 1,
                .nx = count,
                .xa = t->cp,
                .a = v + e * t->vpitch + lo,
                .b = z + e * t->mpitch + (long)i % t->panels * t->block * panel,
                .c = u + ((long)i * t->c + lo) * panel,
                .next = u + ((long)i * t->c + hi) * panel,
                .next_step = CACHE_LINE_FLOATS,
                .add = add};
            t->mm->rank_k[hi - lo](&o);
        }
}

/* Inputs of the pass. */
struct job {
    struct tiling t;
    struct segments x;
    const float *dy;
    const struct seg_affine *read_dy;
};

/* Sums tiles first to end - 1 in this thread; v is its scratch. */
static void
sum_chunk(float *u, const struct job *j, int first, int end, float *v)
{
    const struct tiling *t = &j->t;
    float *z = v + ELEMENTS * t->vpitch;
    for (int i = first; i < end; i += t->block) {
        int count = min_int(t->block, end - i);
        seg_tiling_inputs(v, j->x, t, i, count);
        transform_gradients(z, j->dy, j->read_dy, t, i, count);
        for (int e = 0; e < ELEMENTS; e++)
            add_products(u, v, z, t, e, count, i > first);
    }
}

/* Sums all tiles, with all threads of the surrounding parallel region. */
static void
sum_shared(float *u, const struct job *j, float *v)
{
    const struct tiling *t = &j->t;
    int panel = t->mm->panel;
    float *z = v + ELEMENTS * t->vpitch;
    for (int i = 0; i < t->tiles; i += t->block) {
        int count = min_int(t->block, t->tiles - i);
#pragma omp for schedule(dynamic)
        for (int k = 0; k < count; k += TILES) {
            int some = min_int(TILES, count - k);
            seg_tiling_inputs(v + (long)k * t->cp, j->x, t, i + k, some);
            transform_gradients(
                z + (long)k * panel, j->dy, j->read_dy, t, i + k, some);
        }
#pragma omp for schedule(dynamic)
        for (int e = 0; e < ELEMENTS; e++)
            add_products(u, v, z, t, e, count, i > 0);
    }
}

/* Adds the sums of pair i of (panel, c) and transforms them to dw. */
static void
finish_weights(float *dw, const float *parts, const struct tiling *t,
    int chunks, int i, int add)
{
    int panel = t->mm->panel, p = i / t->c, c = i % t->c;
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
    const struct seg_concat_input whole = {
        .c = cv->c, .x = x, .affine = cv->read_x};
    struct job job = {
        .x = seg_tiling_x(cv, &whole), .dy = dy, .read_dy = cv->read_dy};
    const struct tiling *t = &job.t;
    int chunks = plan(&job.t, cv);
    size_t each = seg_tiling_floats(t), sum = sum_floats(t);
    float *v = scratch + sum * chunks;
#pragma omp parallel num_threads(cv->threads)
    {
        if (chunks == 1)
            sum_shared(scratch, &job, v);
        else
#pragma omp for schedule(dynamic)
            for (int i = 0; i < chunks; i++)
                sum_chunk(scratch + i * sum, &job,
                    (int)((long)t->tiles * i / chunks),
                    (int)((long)t->tiles * (i + 1) / chunks),
                    v + each * omp_get_thread_num());
#pragma omp for schedule(dynamic, 16)
        for (int i = 0; i < t->panels * t->c; i++)
            finish_weights(dw, scratch, t, chunks, i, add);
    }
}

size_t
seg_conv_winograd_weights_scratch(const struct seg_conv *cv)
{
    struct tiling t;
    int chunks = plan(&t, cv);
    size_t blocks = chunks == 1 ? 1 : cv->threads;
    return (sum_floats(&t) * chunks + seg_tiling_floats(&t) * blocks) *
           sizeof(float);
}
