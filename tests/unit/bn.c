/* Batch normalization against its formulas in double and by differences. */
#include "lib/kernel/norm/bn.h"
#include "tests/unit/kernels.h"

struct shape {
    int m, c, relu, residual, fixed;
    double offset;
};

static const struct shape shapes[] = {
    {1, 5, 0, 0, 0, 0},
    {2, 1, 1, 0, 0, 0},
    {7, 16, 1, 1, 0, 3},
    {300, 24, 1, 0, 0, 100},
    {1025, 67, 0, 1, 0, -30},
    {4099, 64, 1, 1, 0, 1000},
    {513, 130, 1, 1, 1, 1},
};

enum { SHAPES = sizeof shapes / sizeof *shapes, RUNS = 5 };
static const float eps = 1e-5f;

/* The same in double; x may be moved by one element for differences. */
struct layer {
    const struct shape *s;
    const float *x, *gamma, *beta, *residual, *dy;
    const float *mean, *var; /* if they are constants */
};

static double
moment(const struct layer *l, int c, double about, int power)
{
    double sum = 0;
    for (int i = 0; i < l->s->m; i++)
        sum += pow(l->x[(size_t)i * l->s->c + c] - about, power);
    return sum / l->s->m;
}

/* Column c by the formulas.  out tells which ReLUs are active, because an
   output near 0 may be on either side. */
static void
reference(const struct layer *l, int c, const float *out, double *y, double *dx,
    double *dres, double *dgamma, double *dbeta)
{
    int m = l->s->m;
    double mean = l->s->fixed ? l->mean[c] : moment(l, c, 0, 1);
    double var = l->s->fixed ? l->var[c] : moment(l, c, mean, 2);
    double r = 1 / sqrt(var + eps), sg = 0, sgn = 0;
    for (int i = 0; i < m; i++) {
        size_t at = (size_t)i * l->s->c + c;
        double norm = (l->x[at] - mean) * r;
        y[at] = norm * l->gamma[c] + l->beta[c];
        if (l->residual)
            y[at] += l->residual[at];
        if (l->s->relu && y[at] < 0)
            y[at] = 0;
        dres[at] = l->s->relu && !(out[at] > 0) ? 0 : l->dy[at];
        sg += dres[at];
        sgn += dres[at] * norm;
    }
    for (int i = 0; i < m; i++) {
        size_t at = (size_t)i * l->s->c + c;
        double norm = (l->x[at] - mean) * r;
        dx[at] = l->gamma[c] * r * dres[at];
        if (!l->s->fixed)
            dx[at] -= l->gamma[c] * r * (sg + norm * sgn) / m;
    }
    dgamma[c] = sgn;
    dbeta[c] = sg;
}

/* All results for one number of threads; leave: g is left in dy before dx is
   computed. */
struct result {
    float *mean, *var, *y, *dx, *dres, *dgamma, *dbeta;
};

static struct result
run(const struct layer *l, int threads, int add, int leave)
{
    size_t c = l->s->c, n = l->s->m * c;
    struct seg_bn q = {.m = l->s->m,
        .c = l->s->c,
        .threads = threads,
        .act = l->s->relu ? SEG_ACT_RELU : SEG_ACT_NONE,
        .fixed = l->s->fixed,
        .eps = eps};
    void *scratch = grab(seg_bn_scratch(&q));
    struct result r = {grab(c * 4), grab(c * 4), grab(n * 4), grab(n * 4),
        grab(n * 4), noise(c, 8), noise(c, 9)};
    float *scale = grab(c * 4), *shift = grab(c * 4);
    if (l->s->fixed) {
        memcpy(r.mean, l->mean, c * 4);
        memcpy(r.var, l->var, c * 4);
    } else {
        seg_bn_stats(r.mean, r.var, l->x, &q, scratch);
    }
    seg_bn_affine(scale, shift, l->gamma, l->beta, r.mean, r.var, &q);
    seg_bn_apply(r.y, l->x, scale, shift, l->residual, &q);
    if (add) {
        memset(r.dx, 0, n * 4);
        memset(r.dres, 0, n * 4);
    }
    double *sums = grab(2 * c * sizeof *sums);
    float *slopes = grab(3 * c * 4), *dy = grab(n * 4);
    memcpy(dy, l->dy, n * 4);
    struct seg_bn_back k = {.dy = dy,
        .x = l->x,
        .y = l->residual ? r.y : NULL,
        .scale = scale,
        .shift = shift,
        .mean = r.mean,
        .sum = sums,
        .product = sums + c,
        .a = slopes,
        .b = slopes + c,
        .k = slopes + 2 * c,
        .dx = r.dx,
        .dresidual = r.dres,
        .add_dx = add,
        .add_dresidual = add};
    seg_bn_sums(&k, leave, &q, scratch);
    seg_bn_slopes(r.dgamma, r.dbeta, l->gamma, r.var, &k, &q);
    if (leave)
        k.dresidual = NULL;
    seg_bn_spread(&k, &q);
    free(sums);
    free(slopes);
    free(dy);
    free(scratch);
    free(scale);
    free(shift);
    return r;
}

static void
release(struct result *r)
{
    float *all[] = {r->mean, r->var, r->y, r->dx, r->dres, r->dgamma, r->dbeta};
    for (int i = 0; i < 7; i++)
        free(all[i]);
}

static int
equal(const struct result *a, const struct result *b, size_t n, size_t c)
{
    return !memcmp(a->mean, b->mean, c * 4) && !memcmp(a->var, b->var, c * 4) &&
           !memcmp(a->y, b->y, n * 4) && !memcmp(a->dx, b->dx, n * 4) &&
           !memcmp(a->dres, b->dres, n * 4) &&
           !memcmp(a->dgamma, b->dgamma, c * 4) &&
           !memcmp(a->dbeta, b->dbeta, c * 4);
}

/* Largest difference in units of scale. */
static int
near(const char *what, const float *got, const double *want, size_t n,
    double scale, double limit)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double d = fabs(got[i] - want[i]) / scale;
        if (!(d <= most) && !isnan(most))
            most = d; /* NaN sticks */
    }
    if (!(most <= limit))
        printf("# %s: error %.1e, limit %.1e\n", what, most, limit);
    return most <= limit;
}

static int
same_values(const float *a, const float *b, size_t n)
{
    int same = 1;
    for (size_t i = 0; i < n; i++)
        same &= a[i] == b[i];
    return same;
}

static void
check(const struct shape *s)
{
    size_t c = s->c, n = s->m * c;
    float *x = noise(n, 1), *gamma = noise(c, 2), *beta = noise(c, 3);
    float *residual = noise(n, 4), *dy = noise(n, 5);
    float *mean = noise(c, 6), *var = noise(c, 7);
    double *want = grab((3 * n + 2 * c) * sizeof *want);
    double *dx = want + n, *dres = dx + n, *dgamma = dres + n;
    double *dbeta = dgamma + c;
    for (size_t i = 0; i < n; i++)
        x[i] += (float)s->offset;
    for (size_t i = 0; i < c; i++)
        var[i] += 1.5f;
    struct layer l = {
        s, x, gamma, beta, s->residual ? residual : NULL, dy, mean, var};
    struct result r[RUNS] = {run(&l, 1, 0, 0), run(&l, 2, 0, 0),
        run(&l, 3, 0, 0), run(&l, 2, 1, 0), run(&l, 2, 0, 1)};
    for (int i = 0; i < s->c; i++)
        reference(&l, i, r->y, want, dx, dres, dgamma, dbeta);
    float *before = noise(c, 8), *beta0 = noise(c, 9);
    for (size_t i = 0; i < c; i++) {
        dgamma[i] += before[i];
        dbeta[i] += beta0[i];
    }
    /* mean, scale and shift are rounded: an offset loses digits */
    double slack = 1 + fabs(s->offset), steep = 0;
    for (int i = 0; i < s->c; i++)
        steep = fmax(steep, 1 / sqrt((double)r->var[i] + eps));
    int good = near("y", r->y, want, n, 1 + steep, 1e-6 * slack);
    if (!s->fixed)
        for (int i = 0; i < s->c; i++) {
            double a = moment(&l, i, 0, 1), b = moment(&l, i, a, 2);
            good &= fabs(r->mean[i] - a) <= 1.2e-7 * (1 + fabs(a));
            good &= fabs(r->var[i] - b) <= 1e-6 * (b + 1e-6);
        }
    good &= near("dresidual", r->dres, dres, n, 1, 0);
    good &= near("dx", r->dx, dx, n, steep, 1e-6 * slack);
    good &= near("dgamma", r->dgamma, dgamma, c, sqrt(s->m), 3e-6 * slack);
    good &= near("dbeta", r->dbeta, dbeta, c, sqrt(s->m), 2e-6);
    ok(good, "%s m%d c%d%s%s%s offset %g", seg_cpu_name(seg_cpu_level()), s->m,
        s->c, s->relu ? " relu" : "", s->residual ? " residual" : "",
        s->fixed ? " fixed" : "", s->offset);
    ok(equal(&r[0], &r[1], n, c) && equal(&r[0], &r[2], n, c),
        "same bits for 1, 2, 3 threads");
    ok(same_values(r[0].dx, r[3].dx, n) && same_values(r[0].dres, r[3].dres, n),
        "adding to nothing is writing");
    ok(equal(&r[0], &r[4], n, c), "so is leaving what passed the activation");
    for (int i = 0; i < RUNS; i++)
        release(&r[i]);
    free(x), free(gamma), free(beta), free(residual), free(dy), free(mean);
    free(var), free(want), free(before), free(beta0);
}

int
main(void)
{
    FOR_LEVELS(l)
    for (int i = 0; i < SHAPES; i++)
        check(&shapes[i]);
    return done();
}
