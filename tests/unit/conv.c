/*
 * Every method and pass of convolution against the reference implementation, at
 * every level this CPU has, and for 1, 2 and 3 threads bit by bit.
 *
 * The error is the largest difference over the largest wanted value.  Inputs
 * are uniform in [-1, 1).
 */
#include "lib/kernel/conv/conv_kernel.h" /* to force a method */
#include "tests/unit/kernels.h"

enum { THREADS = 2, FORWARD = SEG_CONV_FORWARD, DATA = SEG_CONV_DATA };

static const char *const methods[] = {"direct", "winograd", "depthwise"};
static const char *const passes[] = {"forward", "data", "weights"};

struct geometry {
    int kh, kw, stride, dilation, pad_y, pad_x, h, w, end_y, end_x;
};

static const struct geometry geometries[] = {
    {3, 3, 1, 1, 1, 1, 9, 11, 0, 0},
    {1, 1, 1, 1, 0, 0, 7, 13, 0, 0},
    {3, 3, 2, 1, 1, 1, 15, 9, 0, 0},
    {7, 7, 2, 1, 3, 3, 17, 21, 0, 0},
    {3, 3, 1, 2, 2, 2, 13, 10, 0, 0},
    {5, 5, 1, 1, 2, 2, 8, 15, 0, 0},
    {3, 3, 1, 6, 6, 6, 16, 16, 0, 0},
    {3, 3, 1, 12, 12, 12, 16, 16, 0, 0},
    {1, 1, 2, 1, 0, 0, 9, 8, 0, 0},
    {3, 3, 1, 18, 18, 18, 16, 16, 0, 0},
    {5, 5, 2, 1, 2, 2, 11, 12, 0, 0},
    {3, 3, 1, 1, 0, 0, 6, 31, 0, 0},
    {3, 3, 2, 2, 2, 2, 12, 11, 0, 0},
    {1, 5, 1, 1, 0, 2, 7, 9, 0, 0},
    {3, 3, 1, 6, 6, 6, 23, 33, 0, 0},
    {3, 3, 2, 6, 6, 6, 17, 15, 0, 0},
    {3, 3, 1, 1, 1, 1, 1, 1, 0, 0},
    {5, 3, 2, 3, 1, 0, 19, 18, 0, 0},
    {1, 1, 3, 1, 0, 0, 8, 11, 0, 0},
    {2, 2, 2, 1, 0, 0, 8, 10, 0, 0},
    {3, 3, 1, 1, 2, 2, 5, 6, 0, 0},
    {16, 16, 16, 1, 0, 0, 16, 32, 0, 0},
    {31, 1, 2, 1, 15, 0, 33, 8, 0, 0},
    {3, 3, 2, 1, 0, 0, 12, 16, 1, 1},
    {5, 5, 2, 1, 1, 1, 14, 10, 1, 1},
    {3, 3, 1, 1, 0, 1, 7, 9, 2, 0},
    {3, 3, 1, 2, 2, 2, 9, 8, 1, 2},
};

struct width {
    int c, k, groups;
};

static const struct width widths[] = {
    {1, 1, 1},
    {3, 64, 1},
    {5, 33, 1},
    {17, 32, 1},
    {32, 17, 1},
    {48, 21, 1},
    {64, 96, 1},
    {12, 8, 4},
    {40, 66, 2},
    {48, 48, 3},
    {24, 24, 24},
    {67, 67, 67},
    {3, 6, 3},
};

/* Pixels a power of two apart, and weights larger than a cache. */
enum { MAX_WIDTH = 1024 };
static const struct width large[] = {
    {512, 48, 1},
    {MAX_WIDTH, 40, 2},
    {MAX_WIDTH, 200, 1},
};
#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

/* One layer with its tensors; want holds the reference implementation's y, dx,
   dw. */
struct fixture {
    struct seg_conv cv;
    size_t size[3]; /* y, x, w */
    float *x, *w, *dy, *bias, *scale, *want[3], *got;
};

static int
plan(struct seg_conv *cv, const char *level)
{
    setenv("SEG_CPU", level, 1);
    return seg_conv_plan(cv);
}

static void
set_up(struct fixture *f, const struct geometry *g, int n, struct width s)
{
    f->cv = (struct seg_conv){.n = n,
        .h = g->h,
        .w = g->w,
        .c = s.c,
        .k = s.k,
        .kh = g->kh,
        .kw = g->kw,
        .stride = g->stride,
        .dilation = g->dilation,
        .groups = s.groups,
        .pad_y = g->pad_y,
        .pad_x = g->pad_x,
        .end_y = g->end_y,
        .end_x = g->end_x,
        .threads = THREADS};
    if (plan(&f->cv, "base"))
        abort();
    f->size[0] = (size_t)n * f->cv.oh * f->cv.ow * s.k;
    f->size[1] = (size_t)n * g->h * g->w * s.c;
    f->size[2] = (size_t)s.k * g->kh * g->kw * s.c / s.groups;
    f->x = noise(f->size[1], 1);
    f->w = noise(f->size[2], 2);
    f->dy = noise(f->size[0], 3);
    f->bias = noise(s.k + s.c, 4);
    f->scale = noise(s.k, 5);
    for (int p = 0; p < 3; p++)
        f->want[p] = grab(f->size[p] * sizeof(float));
    size_t most = f->size[0];
    for (int p = 1; p < 3; p++)
        most = f->size[p] > most ? f->size[p] : most;
    f->got = grab(most * sizeof(float));
    seg_conv_naive_forward(f->want[0], f->x, f->w, NULL, &f->cv);
    seg_conv_naive_backward_data(f->want[1], f->dy, f->w, &f->cv);
    seg_conv_naive_backward_weights(f->want[2], f->x, f->dy, &f->cv);
}

static void
tear_down(struct fixture *f)
{
    free(f->x);
    free(f->w);
    free(f->dy);
    free(f->bias);
    free(f->scale);
    free(f->got);
    for (int p = 0; p < 3; p++)
        free(f->want[p]);
}

/* Packs, grabs scratch and runs one pass into out. */
static void
run(float *out, const struct fixture *f, enum seg_conv_pass pass,
    const float *scale, const struct seg_conv_epilogue *e)
{
    const struct seg_conv *cv = &f->cv;
    void *scratch = grab(seg_conv_scratch(cv, pass));
    float *packed = grab(seg_conv_packed(cv, pass) * sizeof(float));
    if (pass != SEG_CONV_WEIGHTS)
        seg_conv_pack(packed, f->w, scale, cv, pass);
    if (pass == SEG_CONV_FORWARD)
        seg_conv_forward(out, f->x, packed, e, cv, scratch);
    else if (pass == SEG_CONV_DATA && e && e->bias)
        seg_conv_transposed(out, f->dy, packed, e, cv, scratch);
    else if (pass == SEG_CONV_DATA)
        seg_conv_backward_data(out, f->dy, packed, e != NULL, cv, scratch);
    else
        seg_conv_backward_weights(out, f->x, f->dy, e != NULL, cv, scratch);
    free(packed);
    free(scratch);
}

/* Rounding of a running sum grows as the square root of its length. */
static double
limit(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    double taps = (double)cv->kh * cv->kw;
    double terms = pass == SEG_CONV_FORWARD ? taps * cv->c / cv->groups
                   : pass == SEG_CONV_DATA  ? taps * cv->k / cv->groups
                                            : (double)cv->n * cv->oh * cv->ow;
    double direct = 2.5e-7 + 6e-8 * sqrt(terms);
    return cv->method[pass] == WINOGRAD ? 1.2e-5 + direct : direct;
}

static int
near(const struct fixture *f, const float *want, enum seg_conv_pass pass,
    const char *what)
{
    size_t n = f->size[pass];
    double *wide = grab(n * sizeof *wide);
    for (size_t i = 0; i < n; i++)
        wide[i] = want[i];
    double error = distance(f->got, wide, n);
    free(wide);
    if (error <= limit(&f->cv, pass))
        return 1;
    printf("# %s: error %.2e, limit %.2e\n", what, error, limit(&f->cv, pass));
    return 0;
}

/* The activation max(0.01 x, x) after bias and residual. */
static int
check_leaky(const struct fixture *f, enum seg_conv_pass pass)
{
    size_t n = f->size[pass];
    int channels = pass == SEG_CONV_FORWARD ? f->cv.k : f->cv.c;
    float *start = noise(n, 6), *want = grab(n * sizeof *want);
    struct seg_conv_epilogue e = {
        .bias = f->bias, .residual = start, .act = SEG_ACT_LEAKY_RELU};
    if (pass == SEG_CONV_WEIGHTS) {
        free(start);
        free(want);
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        want[i] = f->want[pass][i] + start[i] + f->bias[i % channels];
        want[i] = fmaxf(want[i], 0.01f * want[i]);
    }
    run(f->got, f, pass, NULL, &e);
    int good = near(f, want, pass, "bias, residual, leaky relu");
    free(start);
    free(want);
    return good;
}

/* Bias, residual and ReLU, in place and not; add alone, backward. */
static int
check_epilogue(const struct fixture *f, enum seg_conv_pass pass)
{
    size_t n = f->size[pass];
    int channels = pass == SEG_CONV_FORWARD ? f->cv.k : f->cv.c, good = 1;
    float *start = noise(n, 6), *want = grab(n * sizeof *want);
    struct seg_conv_epilogue e = {
        .bias = f->bias, .residual = start, .act = SEG_ACT_RELU};
    for (size_t i = 0; i < n; i++) {
        want[i] = f->want[pass][i] + start[i];
        if (pass != SEG_CONV_WEIGHTS)
            want[i] = fmaxf(want[i] + f->bias[i % channels], 0);
    }
    memcpy(f->got, start, n * sizeof *start);
    run(f->got, f, pass, NULL, &e);
    good &= near(f, want, pass, "bias, residual, relu");
    if (pass != SEG_CONV_WEIGHTS) {
        memcpy(f->got, start, n * sizeof *start);
        e.residual = f->got;
        run(f->got, f, pass, NULL, &e);
        good &= near(f, want, pass, "residual in place");
    }
    if (pass == SEG_CONV_DATA) {
        struct seg_conv_epilogue add = {.residual = f->got};
        for (size_t i = 0; i < n; i++)
            want[i] = f->want[pass][i] + start[i];
        memcpy(f->got, start, n * sizeof *start);
        run(f->got, f, pass, NULL, &add);
        good &= near(f, want, pass, "add");
    }
    free(start);
    free(want);
    return good;
}

/* A scale of output channels goes with the weights. */
static int
check_scale(const struct fixture *f, enum seg_conv_pass pass)
{
    if (pass != SEG_CONV_FORWARD)
        return 1;
    float *want = grab(f->size[0] * sizeof *want);
    for (size_t i = 0; i < f->size[0]; i++)
        want[i] = f->want[0][i] * f->scale[i % f->cv.k];
    run(f->got, f, pass, f->scale, NULL);
    int good = near(f, want, pass, "scaled weights");
    free(want);
    return good;
}

static int
check_threads(struct fixture *f, enum seg_conv_pass pass)
{
    size_t bytes = f->size[pass] * sizeof(float);
    float *first = grab(bytes);
    int same = 1;
    f->cv.threads = 1;
    run(first, f, pass, NULL, NULL);
    for (int t = 2; t <= 3; t++) {
        f->cv.threads = t;
        run(f->got, f, pass, NULL, NULL);
        same = same && !memcmp(first, f->got, bytes);
    }
    f->cv.threads = THREADS;
    free(first);
    if (!same)
        printf("# bits differ between 1, 2, 3 threads\n");
    return same;
}

/* The map x with the fused input transform l applied. */
static float *
transformed(const struct seg_affine *l, const float *x, size_t n, int c)
{
    float *v = grab(n * sizeof *v);
    for (size_t i = 0; i < n; i++) {
        v[i] = x[i] * l->scale[i % c] + l->shift[i % c];
        if (l->other)
            v[i] += l->other[i] * l->slope[i % c];
        if (l->act == SEG_ACT_RELU)
            v[i] = fmaxf(v[i], 0);
    }
    return v;
}

/* Fused input transforms give the same as transformed maps. */
static int
check_fused_input(const struct fixture *f, enum seg_conv_pass pass)
{
    struct fixture through = *f, plain = *f;
    struct seg_conv *cv = &through.cv;
    float *other = noise(f->size[0], 10), *table = noise(cv->c + cv->k, 11);
    float *slope = noise(cv->c + cv->k, 12);
    const struct seg_affine value = {table, slope, NULL, NULL, SEG_ACT_RELU},
                            gradient = {slope, table, f->bias, other, 0};
    int of_x =
        pass != SEG_CONV_DATA && seg_conv_fuses_input(cv, SEG_CONV_FORWARD);
    int of_dy =
        pass != SEG_CONV_FORWARD && seg_conv_fuses_input(cv, SEG_CONV_DATA);
    plain.x = transformed(&value, f->x, f->size[1], cv->c);
    plain.dy = transformed(&gradient, f->dy, f->size[0], cv->k);
    if (of_x)
        cv->read_x = &value;
    else
        through.x = plain.x;
    if (of_dy)
        cv->read_dy = &gradient;
    else
        through.dy = plain.dy;
    float *want = grab(f->size[pass] * sizeof *want);
    if (pass == SEG_CONV_FORWARD)
        seg_conv_naive_forward(want, plain.x, f->w, NULL, cv);
    else if (pass == SEG_CONV_DATA)
        seg_conv_naive_backward_data(want, plain.dy, f->w, cv);
    else
        seg_conv_naive_backward_weights(want, plain.x, plain.dy, cv);
    run(f->got, &through, pass, NULL, NULL);
    int good = near(&through, want, pass, "through a lens");
    free(other), free(table), free(slope), free(want);
    free(plain.x), free(plain.dy);
    return good;
}

/* Channels c0 on of x go to y, width channels of each pixel, or back. */
static void
move(float *y, int width, float *x, int c, int c0, size_t pixels, int back)
{
    for (size_t i = 0; i < pixels; i++)
        for (int j = 0; j < width; j++) {
            float *whole = x + i * c + c0 + j, *piece = y + i * width + j;
            *(back ? whole : piece) = *(back ? piece : whole);
        }
}

/* Virtual concatenation: x in two buffers, the second with a fused input
   transform; dx in two buffers, of which the second is added to; one dx whose
   first buffer is not needed. */
static int
check_concat(const struct fixture *f, enum seg_conv_pass pass)
{
    struct fixture two = *f, whole = *f;
    int c = f->cv.c, c0 = SEG_CONCAT_CHANNELS, good = 1;
    size_t n = f->size[1], pixels = n / c;
    if (f->cv.method[pass] != WINOGRAD || c <= c0)
        return 1;
    float *slope = noise(c, 16), *at[] = {grab(n * 4), grab(n * 4)};
    const struct seg_affine lens = {slope, f->bias, NULL, NULL, SEG_ACT_RELU};
    struct seg_concat_input piece[] = {{.c = c0, .x = at[0], .dx = at[0]},
        {.c = c - c0, .x = at[1], .dx = at[1], .affine = &lens, .add = 1}};
    whole.x = grab(n * sizeof *whole.x);
    memcpy(whole.x, f->x, n * sizeof *whole.x);
    for (int p = 0; p < 2; p++)
        move(at[p], piece[p].c, f->x, c, p * c0, pixels, 0);
    for (size_t i = 0; i < n; i++)
        if ((int)(i % c) >= c0) {
            int j = (int)(i % c) - c0;
            whole.x[i] = fmaxf(f->x[i] * slope[j] + f->bias[j], 0);
        }
    float *want = grab(f->size[pass] * sizeof *want);
    two.cv.concat = piece;
    two.cv.nconcat = 2;
    if (pass == SEG_CONV_DATA) {
        for (size_t i = 0; i < n; i++)
            want[i] = f->want[1][i] + ((int)(i % c) >= c0 ? f->x[i] : 0);
        run(NULL, &two, pass, NULL, NULL);
        for (int p = 0; p < 2; p++)
            move(at[p], piece[p].c, f->got, c, p * c0, pixels, 1);
        good = near(f, want, pass, "dx in pieces");
        piece[0].dx = NULL;
        piece[1].add = 0;
        run(NULL, &two, pass, NULL, NULL);
        move(at[1], c - c0, f->got, c, c0, pixels, 1);
        for (size_t i = 0; i < n; i++)
            want[i] = (int)(i % c) < c0 ? f->got[i] : f->want[1][i];
        good &= near(f, want, pass, "one of two dx");
    } else {
        run(want, &whole, pass, NULL, NULL);
        two.x = NULL;
        run(f->got, &two, pass, NULL, NULL);
        good = near(f, want, pass, "x in pieces");
    }
    free(slope), free(at[0]), free(at[1]), free(whole.x), free(want);
    return good;
}

/* Largest difference of c numbers, in units of scale. */
static double
difference(const double *a, const double *b, int c, double scale)
{
    double most = 0;
    for (int i = 0; i < c; i++)
        most = fmax(most, fabs(a[i] - b[i]) / scale);
    return most;
}

/* Channel sums of the output, for any number of threads.  far is the offset of
   the output; if it is not 0, relu->y is given. */
static int
check_sums(struct fixture *f, enum seg_conv_pass pass, float far)
{
    int data = pass == SEG_CONV_DATA, c = data ? f->cv.c : f->cv.k;
    size_t n = f->size[pass], m = n / c;
    double a[3][MAX_WIDTH], b[3][MAX_WIDTH], want_a[MAX_WIDTH] = {0},
                                             want_b[MAX_WIDTH] = {0};
    double size[MAX_WIDTH] = {0};
    float mean[MAX_WIDTH], var[MAX_WIDTH], bias[MAX_WIDTH];
    const struct seg_channel_stats moments = {mean, var};
    float *x = noise(n, 13), *about = noise(c, 14), *scale = noise(c, 15);
    float *y = noise(n, 19);
    struct seg_fused_relu gate = {.x = x,
        .y = far != 0 ? y : NULL,
        .scale = scale,
        .shift = f->bias,
        .mean = about,
        .act = SEG_ACT_RELU};
    struct seg_conv_epilogue e = {.bias = bias};
    if (pass == SEG_CONV_WEIGHTS || !seg_conv_fuses_sums(&f->cv, pass))
        goto out;
    for (int j = 0; j < c; j++)
        bias[j] = far;
    if (data)
        e.relu = &gate;
    else
        e.stats = &moments;
    for (int t = 0; t < 3; t++) {
        f->cv.threads = t + 1;
        gate.sum = a[t];
        gate.product = b[t];
        run(f->got, f, pass, NULL, &e);
        for (int j = 0; j < c && !data; j++) {
            a[t][j] = mean[j];
            b[t][j] = var[j];
        }
    }
    f->cv.threads = THREADS;
    int good = !memcmp(a[0], a[1], c * 8) && !memcmp(a[0], a[2], c * 8) &&
               !memcmp(b[0], b[1], c * 8) && !memcmp(b[0], b[2], c * 8);
    if (!good)
        printf("# tallies differ between 1, 2, 3 threads\n");
    if (data) {
        float *want = grab(n * sizeof *want);
        for (size_t i = 0; i < n; i++) {
            size_t j = i % c;
            float of_x = x[i] * scale[j] + f->bias[j];
            int open = (gate.y ? y[i] : of_x) > 0;
            want[i] = open ? f->want[pass][i] + far : 0;
            size[j] += fabs((double)f->got[i]);
            want_a[j] += f->got[i];
            want_b[j] += f->got[i] * ((double)x[i] - about[j]);
        }
        good &= near(f, want, pass, "gate");
        free(want);
    } else {
        for (size_t i = 0; i < n; i++)
            want_a[i % c] += f->got[i] / (double)m;
        for (size_t i = 0; i < n; i++)
            want_b[i % c] += pow(f->got[i] - want_a[i % c], 2) / (double)m;
    }
    double most = 1e-6;
    for (int j = 0; j < c; j++)
        most = fmax(most, data ? size[j] : want_b[j]);
    double error =
        fmax(difference(a[0], want_a, c, data ? most : sqrt(most) + far),
            difference(b[0], want_b, c, most));
    good &= error <= 3e-6;
    if (!good)
        printf("# tally: error %.1e\n", error);
    free(x), free(y), free(about), free(scale);
    return good;
out:
    free(x), free(y), free(about), free(scale);
    return 1;
}

static void
check_pass(struct fixture *f, enum seg_conv_pass pass)
{
    const struct seg_conv *cv = &f->cv;
    run(f->got, f, pass, NULL, NULL);
    int good = near(f, f->want[pass], pass, "plain");
    good &= check_epilogue(f, pass);
    good &= check_leaky(f, pass);
    good &= check_scale(f, pass);
    good &= check_threads(f, pass);
    good &= check_fused_input(f, pass);
    good &= check_concat(f, pass);
    good &= check_sums(f, pass, 0) && check_sums(f, pass, 100);
    ok(good, "%s %s %s n%d %dx%dx%d k%d g%d %dx%d s%d d%d p%d,%d end %d,%d",
        seg_cpu_name(seg_cpu_level()), methods[cv->method[pass]], passes[pass],
        cv->n, cv->h, cv->w, cv->c, cv->k, cv->groups, cv->kh, cv->kw,
        cv->stride, cv->dilation, cv->pad_y, cv->pad_x, cv->end_y, cv->end_x);
}

static void
check_layer(const struct geometry *g, int n, struct width s)
{
    struct fixture f;
    set_up(&f, g, n, s);
    int winograd = g->kh == 3 && g->kw == 3 && g->stride == 1 && s.groups == 1;
    FOR_LEVELS(l)
    {
        if (seg_conv_plan(&f.cv))
            abort();
        for (int m = 0; m <= winograd; m++)
            for (int pass = 0; pass < SEG_CONV_PASSES; pass++) {
                if (f.cv.method[pass] != DEPTHWISE)
                    f.cv.method[pass] = m ? WINOGRAD : DIRECT;
                check_pass(&f, (enum seg_conv_pass)pass);
            }
    }
    tear_down(&f);
}

/* A depthwise kernel whose rows are too many to be kept. */
static void
check_wide_dilation(void)
{
    const struct geometry g = {3, 3, 1, 60, 60, 60, 130, 100, 0, 0};
    check_layer(&g, 1, (struct width){67, 67, 67});
}

/* Rejected shapes and chosen methods. */
static void
check_plan(void)
{
    const struct seg_conv good = {.n = 1,
        .h = 32,
        .w = 32,
        .c = 64,
        .k = 64,
        .kh = 3,
        .kw = 3,
        .stride = 1,
        .dilation = 1,
        .groups = 1,
        .pad_y = 1,
        .pad_x = 1,
        .threads = 1};
    struct seg_conv cv = good;
    ok(!seg_conv_plan(&cv) && cv.oh == 32 && cv.ow == 32, "a plain layer");
    ok(cv.method[FORWARD] == WINOGRAD, "is done by Winograd");
    cv.exact = 1;
    ok(!seg_conv_plan(&cv) && cv.method[FORWARD] == DIRECT,
        "but not where exact sums are wanted");
    cv = good;
    cv.h = cv.w = 16;
    cv.dilation = cv.pad_y = cv.pad_x = 12;
    ok(!seg_conv_plan(&cv) && cv.method[DATA] == DIRECT,
        "nor where most taps lie in the padding");
    cv = good;
    cv.kh = SEG_CONV_SIDE + 1;
    ok(seg_conv_plan(&cv) == -1, "too large a kernel is refused");
    cv = good;
    cv.groups = 3;
    ok(seg_conv_plan(&cv) == -1, "channels that groups do not divide, too");
    cv = good;
    cv.h = 0;
    ok(seg_conv_plan(&cv) == -1, "and no pixels");
    cv = good;
    cv.dilation = 30;
    ok(seg_conv_plan(&cv) == -1, "and a kernel wider than the image");
    cv = good;
    ok(!plan(&cv, "pentium"), "an unknown SEG_CPU is no error");
}

/*
 * A map larger than the caches is written with non-temporal stores: the same
 * bits as when its images are computed one by one.
 */
static void
check_large(void)
{
    enum { SIDE = 384, WIDE = 16 };
    const size_t image = (size_t)SIDE * SIDE * WIDE;
    struct seg_conv two = {.n = 2,
        .h = SIDE,
        .w = SIDE,
        .c = WIDE,
        .k = WIDE,
        .kh = 3,
        .kw = 3,
        .stride = 1,
        .dilation = 1,
        .groups = 1,
        .pad_y = 1,
        .pad_x = 1,
        .threads = THREADS};
    float *x = noise(2 * image, 1), *w = noise(9 * WIDE * WIDE, 2);
    float *all = grab(2 * image * sizeof *all);
    float *each = grab(2 * image * sizeof *each);
    FOR_LEVELS(l)
    {
        struct seg_conv one = two;
        one.n = 1;
        if (seg_conv_plan(&two) || seg_conv_plan(&one))
            abort();
        float *packed =
            grab(seg_conv_packed(&two, SEG_CONV_FORWARD) * sizeof *packed);
        void *scratch = grab(seg_conv_scratch(&two, SEG_CONV_FORWARD));
        seg_conv_pack(packed, w, NULL, &two, SEG_CONV_FORWARD);
        seg_conv_forward(all, x, packed, NULL, &two, scratch);
        for (int i = 0; i < 2; i++)
            seg_conv_forward(
                each + i * image, x + i * image, packed, NULL, &one, scratch);
        ok(two.method[SEG_CONV_FORWARD] == WINOGRAD &&
                !memcmp(all, each, 2 * image * sizeof *all),
            "%s: a map larger than the caches", seg_cpu_name(seg_cpu_level()));
        free(packed);
        free(scratch);
    }
    free(x);
    free(w);
    free(all);
    free(each);
}

/* An argument N tests every Nth layer only: for emulators. */
int
main(int argc, char **argv)
{
    int step = argc > 1 ? atoi(argv[1]) : 1;

    check_plan();
    check_wide_dilation();
    check_large();
    for (int i = 0; i < COUNT(widths) * 5; i += step)
        check_layer(
            &geometries[i % COUNT(geometries)], 1 + i % 5 % 3, widths[i / 5]);
    for (int i = 0; i < COUNT(geometries); i += step) {
        check_layer(&geometries[i], 2, (struct width){5, 33, 1});
        check_layer(&geometries[i], 1, (struct width){34, 34, 34});
        check_layer(&geometries[i], 1, (struct width){6, 9, 3});
    }
    const struct geometry row = {1, 1, 1, 1, 0, 0, 1, 131, 0, 0};
    for (int i = 0; i < COUNT(large); i += step)
        check_layer(&row, 2, large[i]);
    return done();
}
