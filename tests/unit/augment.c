/* Photometric augmentation, compared with plain arithmetic. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/dataset/key_counter.h"
#include "lib/image/augment.h"
#include "tests/unit/tap.h"

enum { H = 24, W = 32, N = H * W };

static struct seg_err e;
static struct seg_arena a;
static const struct seg_nodata plain; /* no nodata declared */
static const struct seg_range byte = {0, 255}, any = {-INFINITY, INFINITY};

static void
fill(float *x, int n, double most)
{
    struct seg_rng r = seg_rng_make(1, NULL, "test", 0);

    for (int i = 0; i < n; i++)
        x[i] = (float)(int)seg_rng_range(&r, 0, most);
}

static double
apart(const float *x, const float *y, int n)
{
    double d = 0;

    for (int i = 0; i < n; i++)
        d = fmax(d, fabs((double)(x[i] - y[i])));
    return d;
}

/* Hue of one pixel by the usual HSV formulas, independent of the library's. */
static void
turn_hue(double out[3], const float *p, double turn)
{
    double r = p[0], g = p[1], b = p[2];
    double v = fmax(r, fmax(g, b)), d = v - fmin(r, fmin(g, b)), h = 0, f;

    if (d > 0)
        h = v == r   ? fmod((g - b) / d + 6, 6)
            : v == g ? (b - r) / d + 2
                     : (r - g) / d + 4;
    h = fmod(h + 6 * turn + 6, 6);
    f = h - floor(h);
    double lo = v - d, falls = v - d * f, rises = v - d * (1 - f);
    double table[6][3] = {{v, rises, lo}, {falls, v, lo}, {lo, v, rises},
        {lo, falls, v}, {rises, lo, v}, {v, lo, falls}};
    memcpy(out, table[(int)h % 6], sizeof table[0]);
}

static void
test_hue(void)
{
    float x[3 * N], y[3 * N], z[3 * N];
    double off = 0;

    fill(x, 3 * N, 256);
    for (int k = -5; k <= 5; k++) {
        memcpy(y, x, sizeof x);
        seg_color_hue(y, N, (float)k / 10);
        for (int i = 0; i < N; i++) {
            double want[3];

            turn_hue(want, x + 3 * i, k / 10.0);
            for (int b = 0; b < 3; b++)
                off = fmax(off, fabs(want[b] - (double)y[3 * i + b]));
        }
    }
    ok(off < 1e-3, "hue is that of HSV, off by %.1e", off);
    memcpy(y, x, sizeof x);
    seg_color_hue(y, N, 1 / 3.f);
    for (int i = 0; i < 3 * N; i++)
        z[i] = x[i / 3 * 3 + (i + 2) % 3];
    ok(apart(y, z, 3 * N) < 1e-3, "a third of a turn swaps the bands round");
    memcpy(y, x, sizeof x);
    seg_color_hue(y, N, 0);
    ok(apart(x, y, 3 * N) < 1e-3, "no turn, no change");
}

static void
test_steps(void)
{
    float x[3 * N], y[3 * N];
    double mean = 0, off = 0;

    fill(x, 3 * N, 256);
    memcpy(y, x, sizeof x);
    seg_color_brightness(y, 3 * N, 1.5f, byte);
    for (int i = 0; i < 3 * N; i++)
        off = fmax(off, fabs(fmin(1.5 * (double)x[i], 255) - (double)y[i]));
    ok(off < 1e-3, "brightness is a factor, cut at white");
    for (int i = 0; i < N; i++)
        mean += (0.299 * (double)x[3 * i] + 0.587 * (double)x[3 * i + 1] +
                    0.114 * (double)x[3 * i + 2]) /
                N;
    memcpy(y, x, sizeof x);
    seg_color_contrast(y, N, 3, 0.3f, any);
    off = 0;
    for (int i = 0; i < 3 * N; i++)
        off =
            fmax(off, fabs(mean + 0.3 * ((double)x[i] - mean) - (double)y[i]));
    ok(off < 1e-3, "contrast is a factor of the distance to the mean gray");
    memcpy(y, x, sizeof x);
    seg_color_saturation(x, N, 0, byte);
    seg_color_gray(y, N, 3);
    ok(apart(x, y, 3 * N) < 1e-3 && y[0] == y[1] && y[1] == y[2],
        "no saturation is gray");
}

static void
test_gamma(void)
{
    float x[3 * N], y[3 * N];
    float least = INFINITY, most = -INFINITY;
    double off = 0;

    fill(x, 3 * N, 200);
    memcpy(y, x, sizeof x);
    for (int i = 0; i < 3 * N; i++) {
        least = fminf(least, x[i]);
        most = fmaxf(most, x[i]);
    }
    seg_color_gamma(y, 3 * N, 1.7f);
    for (int i = 0; i < 3 * N; i++) {
        double share = (double)((x[i] - least) / (most - least));

        off = fmax(off, fabs((double)least +
                             (double)(most - least) * pow(share, (double)1.7f) -
                             (double)y[i]));
    }
    ok(off < 1e-3, "gamma is a power of the share of the range");
    for (int i = 0; i < 3 * N; i++)
        x[i] = 5;
    seg_color_gamma(x, 3 * N, 0.5f);
    ok(x[0] == 5 && x[3 * N - 1] == 5, "an even image has no gamma");
}

static void
test_blur(void)
{
    float x[2 * N] = {0}, total = 0, worst = 0;
    double g[13], sum = 0;

    /* a single bright pixel in band 0; band 1 is constant */
    x[2 * (12 * W + 16)] = 1;
    for (int i = 0; i < N; i++)
        x[2 * i + 1] = 5;
    ok(!seg_blur(x, H, W, 2, 1.5f, &a, &e), "blur");
    for (int i = -5; i <= 5; i++)
        sum += g[i + 5] = exp(-i * i / 4.5);
    for (int dy = -5; dy <= 5; dy++)
        for (int dx = -5; dx <= 5; dx++) {
            double want = g[dy + 5] * g[dx + 5] / sum / sum;
            float seen = x[2 * ((12 + dy) * W + 16 + dx)];

            worst = fmaxf(worst, fabsf((float)want - seen));
        }
    for (int i = 0; i < N; i++)
        total += x[2 * i];
    ok(worst < 1e-6f && fabsf(total - 1) < 1e-5f, "a point becomes a Gaussian");
    worst = 0;
    for (int i = 0; i < N; i++)
        worst = fmaxf(worst, fabsf(x[2 * i + 1] - 5));
    ok(worst < 1e-5f, "what is even stays so, at the rim too");
}

static struct seg_tensor
image(enum seg_type type, size_t bands, const float *x)
{
    size_t n = N * bands, size = seg_type_size(type);
    struct seg_tensor t = {"image", type, 3, {H, W, bands}, n * size, NULL};

    t.data = seg_take(&a, n, size, &e);
    for (size_t i = 0; t.data && i < n; i++) {
        if (type == SEG_U8)
            ((uint8_t *)t.data)[i] = (uint8_t)x[i];
        else if (type == SEG_U16)
            ((uint16_t *)t.data)[i] = (uint16_t)x[i];
        else if (type == SEG_I16)
            ((int16_t *)t.data)[i] = (int16_t)(x[i] - 100);
        else
            ((float *)t.data)[i] = x[i];
    }
    return t;
}

static void
test_types(void)
{
    static const enum seg_type types[] = {SEG_U8, SEG_U16, SEG_I16, SEG_F32};
    static const size_t bands[] = {1, 2, 3, 4, 13};
    struct seg_augment none = {.seed = 3}, all = {.gamma = {0.7, 1.5},
                                               .offset = 0.5,
                                               .bias = 0.3,
                                               .color = 0.5,
                                               .gray = 0.2,
                                               .blur = 0.5,
                                               .sigma = {0.1, 2},
                                               .noise = 0.3,
                                               .relative = 1,
                                               .cutout = 0.5,
                                               .cutout_size = 0.25,
                                               .seed = 3};
    static float x[13 * N];
    int same = 1, changed = 1, again = 1;

    fill(x, 13 * N, 256);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 5; k++) {
            struct seg_tensor p = image(types[i], bands[k], x);
            struct seg_tensor q = image(types[i], bands[k], x);

            same &= !seg_augment_apply(&p, &none, &plain, "k", 0, &a, &e) &&
                    !memcmp(p.data, q.data, p.bytes);
            changed &= !seg_augment_apply(&p, &all, &plain, "k", 1, &a, &e) &&
                       memcmp(p.data, q.data, p.bytes);
            again &= !seg_augment_apply(&q, &all, &plain, "k", 1, &a, &e) &&
                     !memcmp(p.data, q.data, p.bytes);
        }
    ok(same, "no distortion leaves every bit, of any type and bands");
    ok(changed, "distortion works on all of them");
    ok(again, "seed, key and number say which");
    struct seg_tensor p = image(SEG_U8, 3, x), q = image(SEG_U8, 3, x);
    int differ = 0;
    for (uint64_t i = 0; i < 20; i++)
        differ += !seg_augment_apply(&p, &all, &plain, "k", i, &a, &e) &&
                  !seg_augment_apply(&q, &all, &plain, "k", i + 20, &a, &e) &&
                  memcmp(p.data, q.data, p.bytes);
    ok(differ == 20, "other numbers, other distortions");
    struct seg_tensor wide = image(SEG_U16, 3, x);
    wide.rank = 1;
    ok(seg_augment_apply(&wide, &none, &plain, "k", 0, &a, &e) &&
            e.kind == SEG_EDATA,
        "numbers in a row are refused: %s", e.text);
}

/* The polynomial term by term, in double. */
static void
test_bias(void)
{
    static const int power[SEG_BIAS_TERMS][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 0},
        {1, 1}, {1, 2}, {2, 0}, {2, 1}, {3, 0}}; /* of u, of v */
    float x[3 * N], y[3 * N], k[SEG_BIAS_TERMS], least = INFINITY;
    double off = 0;

    fill(x, 3 * N, 200);
    memcpy(y, x, sizeof x);
    for (int i = 0; i < 3 * N; i++)
        least = fminf(least, x[i]);
    for (int t = 0; t < SEG_BIAS_TERMS; t++)
        k[t] = 0.1f * (float)(t + 1) * (t & 1 ? -1 : 1);
    seg_color_bias(y, H, W, 3, k);
    for (int i = 0; i < 3 * N; i++) {
        double u = 2.0 * (i / 3 % W) / (W - 1) - 1;
        double v = 2.0 * (i / 3 / W) / (H - 1) - 1, sum = 0;

        for (int t = 0; t < SEG_BIAS_TERMS; t++)
            sum += (double)k[t] * pow(u, power[t][0]) * pow(v, power[t][1]);
        double want = (double)least + exp(sum) * (double)(x[i] - least);
        off = fmax(off, fabs(want - (double)y[i]) / (1 + fabs(want)));
    }
    ok(off < 1e-5, "a bias field is the exponential of a cubic polynomial");
    x[0] = x[1] = 3;
    seg_color_bias(x, 1, 1, 2, k);
    ok(x[0] == 3 && x[1] == 3, "an image of one pixel has no bias field");
}

/* In deviations of the image the change does not depend on its units. */
static void
test_relative(void)
{
    const struct seg_augment s = {
        .offset = 0.5, .noise = 0.2, .relative = 1, .seed = 1};
    float x[N], y[N];
    double off = 0, moved = 0;

    fill(x, N, 200);
    for (int i = 0; i < N; i++)
        y[i] = 1000 * x[i];
    struct seg_tensor p = image(SEG_F32, 1, x), q = image(SEG_F32, 1, y);
    ok(!seg_augment_apply(&p, &s, &plain, "k", 0, &a, &e) &&
            !seg_augment_apply(&q, &s, &plain, "k", 0, &a, &e),
        "offset and noise in deviations of the image");
    for (int i = 0; i < N; i++) {
        double v = (double)((float *)p.data)[i];

        off = fmax(off, fabs(v - (double)((float *)q.data)[i] / 1000));
        moved = fmax(moved, fabs(v - (double)x[i]));
    }
    ok(off < 1e-2 && moved > 1, "they follow its units");
    for (int i = 0; i < N; i++)
        x[i] = 5;
    p = image(SEG_F32, 1, x);
    ok(!seg_augment_apply(&p, &s, &plain, "k", 0, &a, &e) &&
            ((float *)p.data)[0] == 5,
        "an even image stays");
}

/* The first bands change as if there were no others. */
static void
test_bands(void)
{
    const struct seg_augment s = {.gamma = {0.5, 2},
        .offset = 1,
        .bias = 0.5,
        .color = 0.5,
        .blur = 1,
        .sigma = {1, 2},
        .noise = 0.5,
        .relative = 1,
        .cutout = 1,
        .cutout_size = 0.5,
        .seed = 1};
    static float x[2 * N], y[5 * N];
    int right = 1;

    fill(x, 2 * N, 200);
    fill(y, 5 * N, 255);
    for (int i = 0; i < 2 * N; i++)
        y[i / 2 * 5 + i % 2] = x[i];
    struct seg_tensor p = image(SEG_U8, 2, x), q = image(SEG_U8, 5, y);
    right &= !seg_augment_apply(&p, &s, &plain, "k", 4, &a, &e) &&
             !seg_augment_bands(&q, 2, &s, &plain, "k", 4, &a, &e);
    for (int i = 0; i < 5 * N; i++)
        right &= ((uint8_t *)q.data)[i] ==
                 (i % 5 < 2 ? ((uint8_t *)p.data)[i / 5 * 2 + i % 5]
                            : (uint8_t)y[i]);
    ok(right, "the last bands are kept and have no influence");
}

static void
test_chance(void)
{
    struct seg_augment gray = {.gray = 0.2},
                       hole = {.cutout = 1, .cutout_size = 0.5};
    float x[3 * N];
    int grays = 0, cut = 0;

    fill(x, 3 * N, 250);
    for (uint64_t i = 0; i < 1000; i++) {
        struct seg_tensor p = image(SEG_U8, 3, x);
        const uint8_t *v = p.data;

        grays += !seg_augment_apply(&p, &gray, &plain, "k", i, &a, &e) &&
                 v[0] == v[1] && v[1] == v[2] && v[30] == v[31];
    }
    ok(grays > 150 && grays < 250, "gray as often as asked: %d of 1000", grays);
    struct seg_tensor p = image(SEG_F32, 3, x);
    if (!seg_augment_apply(&p, &hole, &plain, "k", 0, &a, &e))
        for (int i = 0; i < 3 * N; i++)
            cut += ((float *)p.data)[i] != x[i];
    ok(cut > N / 4 * 2 && cut <= N / 4 * 3, "a hole has the size asked for");
    struct seg_augment noise = {.noise = 4};
    double sum = 0, squares = 0, last = 0;
    int draws = 300;
    for (int i = 0; i < draws; i++) {
        p = image(SEG_F32, 1, x);
        if (seg_augment_apply(&p, &noise, &plain, "k", (uint64_t)i, &a, &e))
            return;
        squares = 0;
        for (int k = 0; k < N; k++) {
            double d = (double)(((float *)p.data)[k] - x[k]);
            squares += d * d / N;
        }
        sum += sqrt(squares) / draws;
        last = fmax(last, sqrt(squares));
    }
    ok(fabs(sum - 2) < 0.25 && last < 4.5,
        "noise is of up to the deviation asked for, half on average: %.2f",
        sum);
}

static void
test_seen(void)
{
    struct seg_key_counter s = {0};
    uint64_t n;
    int right = 1;
    char key[20];

    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 5000; i++) {
            snprintf(key, sizeof key, "k%d", i);
            right &=
                !seg_key_counter_add(&s, key, &n, &e) && n == (uint64_t)round;
        }
    ok(right, "keys are counted one by one");
    seg_key_counter_free(&s);
}

int
main(void)
{
    test_hue();
    test_steps();
    test_gamma();
    test_blur();
    test_types();
    test_bias();
    test_relative();
    test_bands();
    test_chance();
    test_seen();
    seg_arena_free(&a);
    return done();
}
