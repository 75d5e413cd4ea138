/*
 * Sliding windows: with a halo they give the bits of the whole image, for all
 * kinds of networks, sizes and methods; blended they agree with the whole image
 * if scores depend only on their own pixel, and otherwise are averages with
 * weights that sum to 1; rows can arrive in pieces of any size.
 */
#include "lib/predict/windows.h"
#include "tests/unit/nets.h"

static const char unet[] = "image input - c=2\n"
                           "a     conv  image c=16 k=3 act=relu\n"
                           "a2    conv  a c=16 k=3 act=relu\n"
                           "p     maxpool a2 k=2\n"
                           "b     conv  p c=32 k=3 act=relu\n"
                           "b2    conv  b c=32 k=3 act=relu\n"
                           "q     maxpool b2 k=2\n"
                           "c     conv  q c=32 k=3 act=leaky_relu\n"
                           "u     tconv c c=32 k=2 s=2 bias=1\n"
                           "d     concat b2,u\n"
                           "d2    conv  d c=16 k=3\n"
                           "dn    bn    d2 act=relu\n"
                           "v     tconv dn c=16 k=2 s=2\n"
                           "e     concat a2,v\n"
                           "e2    conv  e c=16 k=3 act=relu\n"
                           "classifier conv e2 c=5 k=1 bias=1\n";

static const char resnet[] = "image input - c=2\n"
                             "stem  conv  image c=16 k=7 s=2\n"
                             "bn    bn    stem act=relu\n"
                             "pool  maxpool bn k=3 s=2 p=1\n"
                             "a     conv  pool c=16 k=3\n"
                             "a2    bn    a,pool act=relu\n"
                             "b     conv  a2 c=32 k=3 s=2 act=relu\n"
                             "b2    conv  b c=32 k=3\n"
                             "skip  conv  a2 c=32 k=1 s=2\n"
                             "sum   add   b2,skip act=relu\n"
                             "c     conv  sum c=32 k=3 d=2 act=relu\n"
                             "up    resize c like=a2\n"
                             "both  concat up,a2\n"
                             "mix   conv  both c=16 k=3 act=relu\n"
                             "classifier conv mix c=5 k=1 bias=1\n"
                             "output resize classifier like=image\n";

static const char odd[] = "image input - c=2\n"
                          "a     conv  image c=16 kh=5 kw=1 groups=2\n"
                          "w     conv  a c=16 k=3 groups=16\n"
                          "s     shortcut w c=20 s=2\n"
                          "t     tconv s c=16 k=3 s=1 p=1\n"
                          "n     l2norm t\n"
                          "x     maxpool n k=2 s=3\n"
                          "y     resize x mode=nearest scale=3\n"
                          "g     gelu  y\n"
                          "sl    silu  g\n"
                          "hs    hardswish sl\n"
                          "lr    leaky_relu hs slope=0.2\n"
                          "classifier tconv lr c=4 k=4 s=2 p=1\n";

/* ---- predictions of the whole image and by windows ---- */

struct canvas {
    int w, k;
    float *scores; /* h,w,k */
    unsigned char *taken;
};

static int
take(void *with, int y, int x, int n, float *u, int k)
{
    struct canvas *to = with;

    to->k = k;
    memcpy(
        to->scores + ((size_t)y * to->w + x) * k, u, (size_t)n * k * sizeof *u);
    for (int i = 0; i < n; i++)
        to->taken[y * to->w + x + i]++;
    return 0;
}

static struct canvas
make_canvas(int h, int w)
{
    return (struct canvas){w, 0, calloc((size_t)h * w * 8, sizeof(float)),
        calloc((size_t)h * w, 1)};
}

static void
free_canvas(struct canvas *c)
{
    free(c->scores);
    free(c->taken);
}

/* A network, its predictor, and the windows. */
struct scene {
    struct seg_arena arena;
    struct seg_net *net;
    struct seg_predictor p;
    struct seg_windows q;
};

static void
open_scene(struct scene *s, const char *text, struct seg_windows q, int exact)
{
    static float mean[] = {0, 0}, std[] = {1, 1};
    const struct seg_normalize_opts how = {.mean = mean, .std = std};
    struct seg_err e;

    *s = (struct scene){.net = make_net(text), .q = q};
    s->p = (struct seg_predictor){.net = s->net, .threads = 2, .exact = exact};
    s->q.predictor = &s->p;
    if (seg_normalize_start(&s->p.normalize, &s->arena, 2, &how, &e))
        give_up(&e);
    fill_params(s->net);
}

static void
close_scene(struct scene *s)
{
    seg_windows_free(&s->q);
    seg_predictor_free(&s->p);
    seg_net_free(s->net);
    seg_arena_free(&s->arena);
}

static struct seg_tensor
make_image(struct seg_arena *a, int h, int w)
{
    struct seg_tensor t = {.name = "image",
        .type = SEG_F32,
        .rank = 3,
        .shape = {(size_t)h, (size_t)w, 2},
        .bytes = (size_t)h * w * 2 * sizeof(float)};
    struct seg_err e;

    t.data = seg_take(a, t.bytes, 1, &e);
    fill(t.data, (size_t)h * w * 2, "image");
    return t;
}

static struct canvas
whole(struct seg_predictor *p, const struct seg_tensor *image)
{
    int h = (int)image->shape[0], w = (int)image->shape[1];
    struct canvas c = make_canvas(h, w);
    struct seg_err e;

    p->keep_methods = 0;
    p->h = p->w = 0;
    if (seg_predictor_run(p, image, "whole", &e) ||
        seg_predictor_rows(p, 0, 0, h, take, &c, "whole", &e))
        give_up(&e);
    return c;
}

/* Pushes the image in pieces of `piece` rows. */
static int
by_windows(struct canvas *c, struct seg_windows *q,
    const struct seg_tensor *image, int piece, struct seg_err *e)
{
    int h = (int)image->shape[0], w = (int)image->shape[1], status;
    size_t row = (size_t)w * 2 * sizeof(float);

    *c = make_canvas(h, w);
    q->take = take;
    q->with = c;
    status = seg_windows_start(q, h, w, 2, SEG_F32, "scene", e);
    for (int y = 0; !status && y < h; y += piece) {
        struct seg_tensor part = *image;

        part.shape[0] = (size_t)(h - y < piece ? h - y : piece);
        part.bytes = part.shape[0] * row;
        part.data = (char *)image->data + (size_t)y * row;
        status = seg_windows_push(q, &part, "scene", e);
    }
    return status;
}

static int
once_each(const struct canvas *c, int n)
{
    for (int i = 0; i < n; i++)
        if (c->taken[i] != 1)
            return 0;
    return 1;
}

/* ---- exact ---- */

static void
test_exact(
    const char *name, const char *text, int h, int w, int size, int exact)
{
    const struct seg_windows q = {
        .size = {size, size + 8}, .blend = SEG_BLEND_HALO};
    struct scene s;
    struct canvas all, parts;
    struct seg_err e;

    open_scene(&s, text, q, exact);
    struct seg_tensor image = make_image(&s.arena, h, w);
    all = whole(&s.p, &image);
    if (by_windows(&parts, &s.q, &image, 13, &e))
        give_up(&e);
    ok(!memcmp(
           all.scores, parts.scores, (size_t)h * w * all.k * sizeof(float)) &&
            once_each(&parts, h * w),
        "%s%s, %dx%d in %dx%d windows of %d: the same bits", name,
        exact ? " by direct sums" : "", w, h, s.q.spans[1], s.q.spans[0], size);
    ok(s.q.spans[0] > 1 && s.q.spans[1] > 1, "there is more than one");
    free_canvas(&all);
    free_canvas(&parts);
    close_scene(&s);
}

/* A window that is one pixel too small for exact results is an error. */
static void
test_refused(const char *text, int h, int w, int size, const char *message)
{
    const struct seg_windows q = {
        .size = {size, size}, .blend = SEG_BLEND_HALO};
    struct scene s;
    struct seg_err e = {0};

    open_scene(&s, text, q, 0);
    int status = seg_windows_start(&s.q, h, w, 2, SEG_F32, "scene", &e);

    ok(status && e.kind == SEG_EDATA && strstr(e.text, message), "refused: %s",
        e.text);
    close_scene(&s);
}

/* ---- blended ---- */

/* If every score depends only on its own pixel, blending changes nothing. */
static const char *const blends[] = {"linear", "hann", "mean"};

static void
test_blend(enum seg_blend blend, int h, int w, int size, int overlap)
{
    static const char point[] = "image input - c=2\n"
                                "classifier conv image c=3 k=1 bias=1\n";
    const struct seg_windows q = {
        .size = {size, size}, .overlap = overlap, .blend = blend};
    struct scene s;
    struct canvas all, parts;
    struct seg_err e;
    double worst = 0;

    open_scene(&s, point, q, 0);
    struct seg_tensor image = make_image(&s.arena, h, w);
    all = whole(&s.p, &image);
    if (by_windows(&parts, &s.q, &image, 7, &e))
        give_up(&e);
    for (int i = 0; i < h * w * all.k; i++)
        worst = fmax(worst, fabs((double)all.scores[i] - parts.scores[i]));
    ok(worst < 1e-6 && once_each(&parts, h * w),
        "%s, %dx%d in %dx%d windows of %d, overlap %d: weights sum to 1 (%.1e)",
        blends[blend], w, h, s.q.spans[1], s.q.spans[0], size, overlap, worst);
    free_canvas(&all);
    free_canvas(&parts);
    close_scene(&s);
}

/*
 * The score of a pixel is the mean of its window's row.  For an image that is 0
 * on the left and 1 on the right the scores of both windows are known; between
 * them the scores change according to the formula.
 */
static void
test_ramp(enum seg_blend blend)
{
    static const char mean[] = "image input - c=2\n"
                               "m global_avgpool image\n"
                               "classifier resize m like=image\n";
    enum { W = 12, SIZE = 8, OVERLAP = 4 };
    const struct seg_windows q = {
        .size = {SIZE, SIZE}, .overlap = OVERLAP, .blend = blend};
    struct scene s;
    struct canvas c;
    struct seg_err e;
    double worst = 0;

    open_scene(&s, mean, q, 0);
    struct seg_tensor image = make_image(&s.arena, 1, W);
    for (int i = 0; i < 2 * W; i++)
        ((float *)image.data)[i] = i / 2 >= SIZE ? 1 : 0;
    if (by_windows(&c, &s.q, &image, 1, &e))
        give_up(&e);
    for (int x = 0; x < W; x++) {
        int i = x - (SIZE - OVERLAP);
        double r = sin(acos(-1) / 2 * (i + 0.5) / OVERLAP);
        double w = i < 0                     ? 0
                   : i >= OVERLAP            ? 1
                   : blend == SEG_BLEND_HANN ? r * r
                   : blend == SEG_BLEND_MEAN ? 0.5
                                             : (i + 1.0) / (OVERLAP + 1);

        worst = fmax(worst, fabs(c.scores[2 * x] - 0.5 * w));
    }
    ok(s.q.spans[1] == 2 && worst < 1e-6, "the ramp is the formula's (%.1e)",
        worst);
    free_canvas(&c);
    close_scene(&s);
}

static void
test_limit(void)
{
    struct scene s;
    struct seg_windows *q = &s.q;
    struct seg_err e;

    open_scene(
        &s, unet, (struct seg_windows){.size = {64, 64}, .overlap = 8}, 0);
    if (seg_windows_start(q, 4000, 5000, 2, SEG_F32, "scene", &e))
        give_up(&e);
    size_t bytes = q->bytes;
    ok(bytes < 64ul * 5000 * 2 * 4 + 8ul * 5000 * 5 * 4 + (12 << 20),
        "%zu bytes for an image of %d", bytes, 4000 * 5000 * 2 * 4);
    q->mem_limit = bytes;
    ok(!seg_windows_start(q, 4000, 5000, 2, SEG_F32, "scene", &e),
        "the limit may be what is needed");
    q->mem_limit = bytes / 2;
    ok(seg_windows_start(q, 4000, 5000, 2, SEG_F32, "scene", &e) &&
            e.kind == SEG_EMEM &&
            !strncmp(e.text, "scene: windows of 64x64", 23),
        "but not half of it: %s", e.text);
    close_scene(&s);
}

int
main(void)
{
    for (int exact = 0; exact < 2; exact++) {
        test_exact("u-net", unet, 256, 272, 160, exact);
        test_exact("u-net", unet, 251, 263, 128, exact);
        test_exact("u-net", unet, 317, 190, 144, exact);
        test_exact("resnet", resnet, 448, 512, 328, exact);
        test_exact("resnet", resnet, 384, 576, 320, exact);
    }
    test_exact("odd ones", odd, 144, 168, 80, 0);
    test_refused(unet, 256, 256, 40, "too small to be exact");
    test_refused(resnet, 250, 256, 200, "not the same everywhere");
    test_refused(
        "image input - c=2\ng global_avgpool image\nclassifier resize g "
        "like=image\n",
        64, 64, 32, "g: global_avgpool reads the whole image");
    test_refused("image input - c=2\nn instance_norm image\n", 64, 64, 32,
        "n: instance_norm reads the whole image");
    test_refused("image input - c=2\nn group_norm image groups=2\n", 64, 64, 32,
        "n: group_norm reads the whole image");
    for (enum seg_blend blend = 0; blend < SEG_BLEND_HALO; blend++) {
        test_blend(blend, 37, 53, 16, 4);
        test_blend(blend, 64, 64, 16, 8);
        test_blend(blend, 17, 33, 16, 8);
        test_blend(blend, 29, 8, 16, 5);
        test_blend(blend, 40, 40, 40, 20);
        test_blend(blend, 50, 51, 16, 0);
        test_ramp(blend);
    }
    test_limit();
    return done();
}
