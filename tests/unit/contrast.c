/* Contrastive losses against golden values and the reference implementation. */

#include "lib/kernel/contrast/contrast.h"
#include "lib/kernel/norm/normalize.h"
#define LANES 16
#include "lib/simd/vec.h"
#include "tests/unit/kernels.h"

static double
uniform(void)
{
    static unsigned long long s = 88172645463325252ull;

    s ^= s << 13;
    s ^= s >> 7;
    s ^= s << 17;
    return (double)(s >> 11) * 0x1p-53;
}

static double
run(float *df, const float *f, const int *y, const int *g, const float *level,
    const int *rows, const struct seg_contrast *q, int m, int d, int threads)
{
    size_t size = seg_contrast_scratch(q, m, d, threads);
    void *scratch = aligned_alloc(64, size);
    double value;

    memset(scratch, 0x7f, size); /* scratch need not be cleared */
    value = seg_contrast(df, f, y, g, level, rows, q, m, d, threads, scratch);
    free(scratch);
    return value;
}

/* ---- golden values ---- */

static struct seg_contrast
form(int which, int classes, double tau)
{
    struct seg_contrast q = seg_contrast_forms[which];

    q.classes = classes;
    q.tau = (float)tau;
    return q;
}

static void
golden(const char *name, const struct seg_contrast *q, const float *f,
    const int *y, const int *g, int m, int d, double expect)
{
    float df[64] = {0};
    double slow[64] = {0};
    double e = fabs(run(df, f, y, g, NULL, NULL, q, m, d, 1) - expect);
    double n = seg_contrast_naive(slow, f, y, g, NULL, NULL, q, m, d);

    ok(e < 1e-6, "golden %s (%.1e)", name, e);
    ok(fabs(n - expect) < 5e-7, "golden, naive %s (%.1e)", name,
        (double)(fabs(n - expect)));
}

static void
golden_a(void)
{
    static const int lab[16] = {
        -2, -2, -1, -1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
    struct seg_contrast within = form(SEG_RELEASED_WITHIN, 4, 1);
    struct seg_contrast cross = form(SEG_RELEASED_CROSS, 4, 1);
    float f[32];
    int y[32], g[32];

    for (int i = 0; i < 32; i++) {
        y[i] = lab[i % 16];
        g[i] = i / 16;
        f[i] = (float)(y[i] * (g[i] + 1));
    }
    golden("A released within", &within, f, y, g, 16, 1, 2.4503216861);
    golden("A released cross", &cross, f, y, g, 32, 1, 5.4602735782);
}

static void
golden_b(void)
{
    static const double a[12] = {
        0, .4, 1.3, 2.0, .1, .5, 1.2, 2.2, .2, 1.0, 1.6, 2.6};
    static const int y[12] = {0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 2};
    static const int local[8] = {0, 1, 1, 2, 0, 1, 1, 2};
    static const int pick[8] = {0, 1, 2, 3, 8, 9, 10, 11};
    static const int id[8] = {0, 1, 2, 3, 0, 1, 2, 3};
    static const int g[12] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2};
    struct seg_contrast q;
    float f[24], fp[16];
    int yp[8];

    for (int i = 0; i < 12; i++) {
        f[2 * i] = (float)cos(a[i]);
        f[2 * i + 1] = (float)sin(a[i]);
    }
    for (int i = 0; i < 8; i++) {
        memcpy(fp + 2 * i, f + 2 * pick[i], 2 * sizeof *f);
        yp[i] = y[pick[i]];
    }
    q = form(SEG_PAPER_WITHIN, 3, .5);
    golden("B paper within", &q, f, y, g, 8, 2, 0.9822166030);
    q = form(SEG_PAPER_CROSS, 3, .5);
    golden("B paper cross", &q, f, y, g, 12, 2, 1.4220983742);
    q = form(SEG_RELEASED_WITHIN, 3, .5);
    golden("B released within I", &q, f, y, NULL, 4, 2, 0.4074721926);
    golden("B released within I^", &q, f + 8, y, NULL, 4, 2, 0.5288670672);
    q = form(SEG_RELEASED_CROSS, 3, .5);
    golden("B released cross", &q, fp, yp, g, 8, 2, 0.4812309101);
    yp[6] = 255;
    golden("B released cross, ignore", &q, fp, yp, g, 8, 2, 0.4214126306);
    q = form(SEG_SUPCON, 3, .5);
    q.background = 0;
    golden("B Hu local", &q, f, local, NULL, 8, 2, 1.4634685308);
    q = form(SEG_NTXENT, 4, .5);
    golden("B NT-Xent", &q, f, id, NULL, 8, 2, 1.2032971834);
}

/* Lee's losses (2106.01596); the values are of a naive script in double, which
   also reproduces those of golden_b. */
static void
golden_lee(void)
{
    static const double a[8] = {0, .4, 1.3, 2.0, .1, .5, 1.2, 2.2};
    static const int object[8] = {0, 1, 1, 2, 0, 1, 1, 2};
    static const int id[8] = {0, 1, 2, 3, 0, 1, 2, 3};
    static const float level[8] = {.1f, .5f, .4f, -.3f, .2f, .45f, .4f, -.1f};
    struct seg_contrast q = form(SEG_SUPCON, 3, .3);
    float f[16], df[16] = {0};

    for (int i = 0; i < 8; i++) {
        f[2 * i] = (float)cos(a[i]);
        f[2 * i + 1] = (float)sin(a[i]);
    }
    q.scale = (float)(.3 / .07);
    golden("Lee SupCon", &q, f, object, NULL, 8, 2, 5.5033107377);
    q = form(SEG_NTXENT, 4, .5);
    double e = run(df, f, id, NULL, level, NULL, &q, 8, 2, 1) - 0.8825858778;
    ok(fabs(e) < 1e-6, "golden Lee weighted (%.1e)", fabs(e));
}

/* ---- random problems ---- */

enum { M = 420, D = 19 };

struct problem {
    float f[M * D], level[M];
    int y[M], g[M], rows[M], m;
    struct seg_contrast q;
    int use_rows, use_level;
};

static void
draw(struct problem *p, int which, int m, int classes, int variant)
{
    float norm[M];

    p->q = form(which, classes, variant % 2 ? .07 : .3);
    p->q.block = variant % 3 ? 64 : 0;
    p->q.cache_tiles = variant % 3; /* all, or too few */
    p->q.scale = variant % 2 ? 1 : 2.5f;
    p->q.background = variant == 2 || variant == 4 ? 0 : -1;
    p->q.only_paired = variant >= 3;
    p->q.logs_only = !p->q.per_positive && variant == 4;
    p->use_rows = variant == 3;
    p->use_level = !p->q.per_positive && variant == 1;
    p->m = p->use_rows ? m / 2 : m;
    for (int i = 0; i < m; i++) {
        double skew = uniform();

        p->y[i] = uniform() < .1 ? 255 : (int)(skew * skew * classes);
        p->g[i] = (int)(uniform() * (p->q.groups + .1));
        p->rows[i] = (2 * i + 1) % m;
        p->level[i] = i % 7 == 2 ? NAN : (float)uniform();
        for (int c = 0; c < D; c++)
            p->f[i * D + c] = (float)(uniform() - .4);
    }
    seg_normalize_forward(p->f, norm, p->f, m, D, 1);
}

static double
solve(float *df, const struct problem *p, int threads)
{
    return run(df, p->f, p->y, p->g, p->use_level ? p->level : NULL,
        p->use_rows ? p->rows : NULL, &p->q, p->m, D, threads);
}

static double
solve_naive(double *df, const struct problem *p)
{
    return seg_contrast_naive(df, p->f, p->y, p->g,
        p->use_level ? p->level : NULL, p->use_rows ? p->rows : NULL, &p->q,
        p->m, D);
}

static void
against_naive(const struct problem *p, const char *name)
{
    static float df[3][M * D];
    static double slow[M * D];
    double top = 0, bad = 0, value[3], n, e;
    int same = 1;

    memset(df, 0, sizeof df);
    memset(slow, 0, sizeof slow);
    n = solve_naive(slow, p);
    for (int t = 0; t < 3; t++) {
        value[t] = solve(df[t], p, t + 1);
        same &= value[t] == value[0] && !memcmp(df[t], df[0], sizeof df[0]);
    }
    for (int i = 0; i < M * D; i++) {
        top = fmax(top, fabs(slow[i]));
        bad = fmax(bad, fabs(slow[i] - df[0][i]));
    }
    e = fabs(value[0] - n) / fmax(fabs(n), 1);
    ok(e < 1e-6, "value %s (%.1e)", name, e);
    ok(bad <= 3e-6 * top, "gradient %s (%.1e)", name,
        (double)(top > 0 ? bad / top : 0));
    ok(same, "same bits for 1, 2, 3 threads %s", name);
    ok(solve(NULL, p, 2) == value[0], "value alone %s", name);
}

/* The reference gradient by central differences of the reference value. */
static void
differences(struct problem *p, const char *name)
{
    static double df[M * D], none[M * D];
    double bad = 0, top = 0;

    memset(df, 0, sizeof df);
    solve_naive(df, p);
    for (int t = 0; t < 12; t++) {
        int i = (int)(uniform() * p->m) * D + t;
        float was = p->f[i], hi = was + 1e-3f, lo = was - 1e-3f;
        double up;

        p->f[i] = hi;
        up = solve_naive(none, p);
        p->f[i] = lo;
        up = (up - solve_naive(none, p)) / ((double)hi - lo);
        p->f[i] = was;
        bad = fmax(bad, fabs(up - df[i]));
        top = fmax(top, fabs(df[i]));
    }
    ok(bad <= 1e-4 * top, "finite differences %s (%.1e)", name,
        (double)(bad / top));
}

static void
random_problems(void)
{
    static const char *name[] = {"paper within", "paper cross",
        "released within", "released cross", "batch", "supcon", "nt-xent"};
    static struct problem p;
    char label[64];

    for (int which = SEG_PAPER_WITHIN; which <= SEG_NTXENT; which++)
        for (int variant = 0; variant < 5; variant++) {
            int small = variant == 1 || variant == 4;
            int m = small ? 37 : M;

            snprintf(label, sizeof label, "%s/%d", name[which], variant);
            draw(&p, which, m, which == SEG_NTXENT ? m / 2 : 5, variant);
            against_naive(&p, label);
            if (small)
                differences(&p, label);
        }
}

/* ---- degenerate cases ---- */

static void
zero(const char *name, int which, int m, int label, int step, double slack)
{
    static float f[M * D], df[M * D];
    struct seg_contrast q = form(which, M, .07);
    float norm[M], top = 0;
    int y[M], g[M];
    double value;

    for (int i = 0; i < m * D; i++)
        f[i] = (float)uniform();
    seg_normalize_forward(f, norm, f, m, D, 1);
    for (int i = 0; i < m; i++) {
        y[i] = label + i * step;
        g[i] = i % q.groups;
    }
    memset(df, 0, sizeof df);
    value = run(df, f, y, g, NULL, NULL, &q, m, D, 2);
    for (int i = 0; i < m * D; i++)
        top = fmaxf(top, fabsf(df[i]));
    ok(fabs(value) <= slack && top <= slack && !isnan(value), "zero: %s (%.1e)",
        name, fabs(value) + top);
}

static void
degenerate(void)
{
    for (int which = SEG_PAPER_WITHIN; which <= SEG_NTXENT; which++) {
        zero("all ignored", which, 50, 255, 0, 0);
        zero("one pixel", which, 1, 3, 0, 0);
        zero("no pixels", which, 0, 0, 0, 0);
        if (!seg_contrast_forms[which].self ||
            !seg_contrast_forms[which].per_positive)
            zero("no positives", which, 40, 0, 1, 0);
        if (seg_contrast_forms[which].per_positive)
            zero("one class, own form", which, 40, 2, 0, 0);
    }
}

/* Label maps with few labels, or with far too many. */
static void
random_degenerate(void)
{
    enum { MOST = 60 };
    static float f[MOST * D], df[3][MOST * D];
    int good = 1;
    for (int t = 0; t < 1000; t++) {
        int which = t % (SEG_NTXENT + 1), m = (int)(uniform() * MOST);
        int labels = 1 + (int)(uniform() * 3), y[MOST], g[MOST];
        struct seg_contrast q = form(which, 3, t % 2 ? 0.07 : 0.025);
        double value[3], none = uniform(), same = uniform();
        float norm[MOST];
        q.background = t % 5 ? -1 : 0;
        q.block = 32;
        for (int i = 0; i < m; i++) {
            y[i] = uniform() < none ? 255 : (int)(uniform() * labels);
            g[i] = (int)(uniform() * (q.groups + 0.5)) - (uniform() < 0.1);
            int copy = i > 0 && uniform() < same;
            for (int c = 0; c < D; c++)
                f[i * D + c] =
                    copy ? f[(i - 1) * D + c] : (float)(uniform() - 0.5);
        }
        seg_normalize_forward(f, norm, f, m, D, 1);
        memset(df, 0, sizeof df);
        for (int k = 0; k < 3; k++)
            value[k] = run(df[k], f, y, g, NULL, NULL, &q, m, D, k + 1);
        good &=
            isfinite(value[0]) && value[1] == value[0] && value[2] == value[0];
        good &= !memcmp(df[0], df[1], sizeof *df) &&
                !memcmp(df[0], df[2], sizeof *df);
        for (int i = 0; i < m * D; i++)
            good &= !!isfinite(df[0][i]);
    }
    ok(good, "1000 degenerate label maps: finite, and the same bits");
}

static void
functions(void)
{
    double e = 0, l = 0;

    for (float x = -86.9f; x < 88; x += 0.00037f) {
        vec v = v_exp(v_splat(x));
        e = fmax(e, fabs(v[0] / exp(x) - 1));
        if (fabsf(x) > 0.01f)
            l = fmax(l, fabs(v_log(v)[5] / log(v[0]) - 1));
    }
    ok(e < 2e-7, "relative error of exp %.1e", e);
    ok(l < 2e-7, "relative error of log %.1e", l);
    ok(v_exp(v_splat(-1e30f))[3] == 0, "exp is exactly zero far below");
}

static void
normalize(void)
{
    enum { R = 3, C = 5 };
    float x[R * C], f[R * C], p[R * C], norm[R], pn[R], df[R * C];
    float dx[R * C] = {0};
    double bad = 0;

    for (int i = 0; i < R * C; i++) {
        x[i] = i < C ? 0 : (float)(uniform() - .5);
        df[i] = (float)(uniform() - .5);
    }
    seg_normalize_forward(f, norm, x, R, C, 2);
    seg_normalize_backward(dx, df, f, norm, 1, R, C, 2);
    for (int i = 0; i < R * C; i++) {
        double up = 0;
        float was = x[i];

        x[i] = i < C ? was : was + 1e-3f;
        seg_normalize_forward(p, pn, x, R, C, 1);
        for (int c = 0; c < R * C; c++)
            up += df[c] * (p[c] - f[c]) / 1e-3;
        x[i] = was;
        bad = fmax(bad, fabs(up - dx[i]));
    }
    ok(bad < 2e-2, "finite differences %s (%.1e)",
        "normalize, zero row included", (double)(bad));
}

int
main(void)
{
    functions();
    normalize();
    FOR_LEVELS(l)
    {
        printf("# level %s\n", seg_cpu_name(seg_cpu_level()));
        golden_a();
        golden_b();
        golden_lee();
        random_problems();
        degenerate();
        random_degenerate();
    }
    return done();
}
