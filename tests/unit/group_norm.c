/* Group and instance normalization: values of PyTorch, the formulas in double
   for several pieces, groups of one number, and the same bits for any number of
   threads, at each CPU level. */
#include "lib/kernel/norm/group_norm.h"
#include "tests/unit/kernels.h"

/* ---- one call of both directions ---- */

struct data {
    float *x, *w, *b, *dy; /* w, b may be NULL */
};

struct result {
    float *y, *dx, *dw, *db;
};

static size_t
count_of(const struct seg_group_norm *q)
{
    return (size_t)q->n * q->m * (size_t)q->c;
}

static struct data
make_data(const struct seg_group_norm *q, float offset)
{
    size_t n = count_of(q), c = (size_t)q->c;
    struct data d = {noise(n, 1), noise(c, 2), noise(c, 3), noise(n, 4)};

    for (size_t i = 0; i < n; i++)
        d.x[i] += offset;
    return d;
}

static void
free_data(struct data *d)
{
    free(d->x);
    free(d->w);
    free(d->b);
    free(d->dy);
}

/* dx begins as 0 and is added to if add is set; it is dy if in_place is. */
static struct result
run(const struct seg_group_norm *q, const struct data *d, int add, int in_place)
{
    size_t n = count_of(q) * sizeof(float), c = (size_t)q->c * sizeof(float);
    void *scratch = grab(seg_group_norm_scratch(q));
    void *saved = grab(seg_group_norm_saved(q));
    float *dy = memcpy(grab(n), d->dy, n);
    struct result r = {grab(n), in_place ? dy : grab(n), grab(c), grab(c)};

    memset(r.dw, 0, c);
    memset(r.db, 0, c);
    if (add)
        memset(r.dx, 0, n);
    seg_group_norm_forward(r.y, saved, d->x, d->w, d->b, q, scratch);
    memset(scratch, 0xff, seg_group_norm_scratch(q));
    seg_group_norm_backward(
        r.dx, r.dw, r.db, dy, d->x, d->w, saved, add, q, scratch);
    if (!in_place)
        free(dy);
    free(scratch);
    free(saved);
    return r;
}

static void
free_result(struct result *r)
{
    free(r->y);
    free(r->dx);
    free(r->dw);
    free(r->db);
}

static int
same(const struct result *a, const struct result *b,
    const struct seg_group_norm *q)
{
    size_t n = count_of(q) * sizeof(float), c = (size_t)q->c * sizeof(float);

    return !memcmp(a->y, b->y, n) && !memcmp(a->dx, b->dx, n) &&
           !memcmp(a->dw, b->dw, c) && !memcmp(a->db, b->db, c);
}

/* ---- the formulas in double ---- */

/* slope of the activation at y */
static double
slope_at(const struct seg_group_norm *q, double y)
{
    if (q->act == SEG_ACT_NONE || y > 0)
        return 1;
    return q->act == SEG_ACT_LEAKY_RELU ? 0.01 : 0;
}

/* One group of one image; channels first to first + width - 1.  out: the output
   to be tested, which says where the activation bends.  largest: grows to the
   factor of the gradient. */
static void
reference_group(const struct seg_group_norm *q, const struct data *d,
    const float *out, double *y, double *dx, double *dw, double *db,
    double *largest, int image, int first, int width)
{
    double mean = 0, var = 0, sum = 0, product = 0, n = (double)q->m * width;
    size_t start = (size_t)image * q->m * (size_t)q->c;

#define EACH                                                                   \
    for (size_t p = 0, at; p < q->m; p++)                                      \
        for (int c = first; c < first + width &&                               \
                            (at = start + p * (size_t)q->c + (size_t)c, 1);    \
             c++)
    EACH mean += d->x[at] / n;
    EACH var += pow(d->x[at] - mean, 2) / n;
    double r = 1 / sqrt(var + (double)q->eps);
    *largest = fmax(*largest, r);
    EACH
    {
        double u = (d->x[at] - mean) * r, w = d->w ? d->w[c] : 1;
        double v = u * w + (d->b ? d->b[c] : 0), s = slope_at(q, out[at]);
        y[at] = v * s;
        dx[at] = d->dy[at] * s;
        dw[c] += dx[at] * u;
        db[c] += dx[at];
        sum += dx[at] * w / n;
        product += dx[at] * w * u / n;
    }
    EACH
    {
        double u = (d->x[at] - mean) * r, w = d->w ? d->w[c] : 1;
        dx[at] = r * (dx[at] * w - sum - u * product);
    }
}

struct shape {
    int n, m, c, groups, affine;
    enum seg_act act;
    float offset;
};

static const struct shape shapes[] = {
    {1, 1, 4, 2, 1, SEG_ACT_NONE, 0},
    {3, 2, 5, 5, 0, SEG_ACT_LEAKY_RELU, 0},
    {2, 300, 24, 24, 1, SEG_ACT_RELU, 3},
    {1, 1025, 67, 67, 0, SEG_ACT_LEAKY_RELU, 100},
    {4, 513, 130, 13, 1, SEG_ACT_LEAKY_RELU, -30},
    {2, 4099, 16, 1, 1, SEG_ACT_RELU, 10},
    {5, 16, 256, 32, 1, SEG_ACT_NONE, 1},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static struct seg_group_norm
shape_of(const struct shape *s, int threads)
{
    return (struct seg_group_norm){.n = s->n,
        .m = (size_t)s->m,
        .c = s->c,
        .groups = s->groups,
        .threads = threads,
        .act = s->act,
        .eps = 1e-5f};
}

static void
check_shape(const struct shape *s, const char *level)
{
    struct seg_group_norm q = shape_of(s, 1);
    struct data d = make_data(&q, s->offset);
    size_t n = count_of(&q), c = (size_t)q.c;
    double *y = calloc(n, sizeof *y), *dx = calloc(n, sizeof *dx);
    double *dw = calloc(c, sizeof *dw), *db = calloc(c, sizeof *db), factor = 0;

    if (!s->affine) {
        free(d.w);
        free(d.b);
        d.w = d.b = NULL;
    }
    struct result r = run(&q, &d, 0, 0);
    for (int i = 0; i < q.n; i++)
        for (int first = 0; first < q.c; first += q.c / q.groups)
            reference_group(
                &q, &d, r.y, y, dx, dw, db, &factor, i, first, q.c / q.groups);
    /* with few numbers a group, dx is a small difference of large numbers */
    double slack = 0;
    for (size_t i = 0; i < n; i++)
        slack = fmax(slack, fabs(dx[i]));
    slack = fmax(1, factor / slack);
    /* float holds x - mean with an error that grows with the mean */
    double size = 1 + fabs((double)s->offset),
           off[] = {distance(r.y, y, n), distance(r.dx, dx, n),
               distance(r.dw, dw, c), distance(r.db, db, c)};
    ok(off[0] < 6e-7 * size && off[1] < 1e-6 * size * slack &&
            off[2] < 2e-6 * size && off[3] < 2e-6,
        "%s: %d,%d,%d in %d groups: y %.1e, dx %.1e, dw %.1e, db %.1e", level,
        s->n, s->m, s->c, s->groups, off[0], off[1], off[2], off[3]);
    int equal = 1;
    for (int threads = 1; threads <= 6; threads++) {
        struct seg_group_norm t = shape_of(s, threads);
        struct result again = run(&t, &d, threads % 2, threads == 2);
        equal &= same(&again, &r, &q);
        free_result(&again);
    }
    ok(equal, "%s: the same bits for 1 to 6 threads, added and in place",
        level);
    free_result(&r);
    free_data(&d);
    free(y);
    free(dx);
    free(dw);
    free(db);
}

/* ---- values of torch.nn.functional ---- */

/*
 * x[i,m,c] = (37 k % 101) / 50 - 1 and dy = (53 k % 89) / 44 - 1 with k the
 * number of the element, 2 images of 2 x 3 pixels and 4 channels; results at
 * these elements.
 */
enum { PICKED = 11 };
static const int picked[PICKED] = {0, 1, 2, 3, 21, 22, 23, 24, 25, 46, 47};

static const struct golden {
    const char *call;
    int groups, affine;
    enum seg_act act;
    float eps;
    double y[PICKED], dx[PICKED], dw[4], db[4];
} golden[] = {
    {"instance_norm(x)", 4, 0, SEG_ACT_NONE, 1e-5f,
        {-1.560236966, -0.682225055, 1.231939314, -1.06756817, 0.682225055,
            -1.231939314, -0.010675682, 1.231939314, -0.682225055, 0.682225055,
            -1.231939314},
        {-0.550571956, 0.847305224, -1.674659314, 0.256260716, -0.847305224,
            -0.768357597, 0.38998067, -0.327816711, 1.179589513, -0.847305224,
            1.35848744},
        {0}, {0}},
    {"leaky_relu(instance_norm(x, weight=w, bias=b))", 4, 1, SEG_ACT_LEAKY_RELU,
        1e-5f,
        {-0.022403554, 0.141112528, 1.223954486, -0.010675682, -0.005411125,
            -0.006239545, -0.000106757, 1.947908972, 0.141112528, 0.811668791,
            -0.012319393},
        {0.248998974, -0.47775131, -1.145209992, -0.165700073, -0.010659809,
            -0.045040199, 0.037887301, -0.326619818, -0.581338877, -0.716626965,
            -0.080610139},
        {-0.0524605221, 0.426785335, 1.58539437, -0.920548016},
        {-0.0370454545, 0.143636364, 1.56636364, -0.0304545455}},
    {"group_norm(x, 2, w, b)", 2, 1, SEG_ACT_NONE, 1e-5f,
        {-2.628214796, 0.060247714, 1.12164191, -1.072934452, -0.518730346,
            -0.606347261, 0.045176187, 2.379769417, 0.233575779, 0.950363668,
            -1.519846278},
        {-1.807645947, 0.166688479, -0.841829168, 0.826952692, -0.100091983,
            -1.191796633, 0.576660361, -0.887008964, -0.508544875, -0.38771821,
            2.057558938},
        {1.91215194, 0.831029459, 3.92205682, -2.51374006},
        {-1.45454545, 0.863636364, -0.863636364, 1.45454545}},
    {"relu(group_norm(x, 1, w, b, eps=0.1))", 1, 1, SEG_ACT_RELU, 0.1f,
        {0, 0, 0.911386928, 0, 0, 0, 0, 1.407470183, 0.325993752, 1.088990628,
            0},
        {-0.055246233, -0.087191003, -0.807519721, -0.063879954, -0.115682285,
            -0.060426466, -0.092371236, -0.841221079, -0.439480044,
            -0.156816985, 0.150996594},
        {0.205848681, -0.334652762, 1.90437310, -0.799853166},
        {-0.25, -0.0681818182, 0.0909090909, -0.0454545455}},
};
enum { GOLDEN = sizeof golden / sizeof *golden, NUMBERS = 48 };

static void
check_golden(const struct golden *g, const char *level)
{
    static float x[NUMBERS], dy[NUMBERS], w[] = {1.5f, -0.5f, 0.75f, 1},
                                          b[] = {0.1f, -0.2f, 0.3f, 0};
    struct seg_group_norm q = {.n = 2,
        .m = 6,
        .c = 4,
        .groups = g->groups,
        .threads = 1,
        .act = g->act,
        .eps = g->eps};
    struct data d = {x, g->affine ? w : NULL, g->affine ? b : NULL, dy};
    double worst = 0;

    for (int k = 0; k < NUMBERS; k++) {
        x[k] = (float)(k * 37 % 101) / 50 - 1;
        dy[k] = (float)(k * 53 % 89) / 44 - 1;
    }
    struct result r = run(&q, &d, 0, 0);
    for (int k = 0; k < PICKED; k++) {
        worst = fmax(worst, fabs(r.y[picked[k]] - g->y[k]));
        if (getenv("DBG"))
            printf("%d %g %g\n", k, r.y[picked[k]] - g->y[k],
                r.dx[picked[k]] - g->dx[k]);
        worst = fmax(worst, fabs(r.dx[picked[k]] - g->dx[k]));
    }
    for (int c = 0; g->affine && c < 4; c++) {
        worst = fmax(worst, fabs(r.dw[c] - g->dw[c]));
        worst = fmax(worst, fabs(r.db[c] - g->db[c]));
    }
    ok(worst < 2e-6, "%s: %s is that of PyTorch (%.1e)", level, g->call, worst);
    free_result(&r);
}

/* ---- groups without variance ---- */

/* One number a group: y is b and dx is 0, to the bit. */
static void
check_alone(const char *level)
{
    struct seg_group_norm q = {
        .n = 3, .m = 1, .c = 19, .groups = 19, .threads = 2, .eps = 1e-5f};
    struct data d = make_data(&q, 1000);
    struct result r = run(&q, &d, 0, 0);
    int exact = 1;

    for (int i = 0; i < 3 * 19; i++)
        exact &= r.y[i] == d.b[i % 19] && r.dx[i] == 0;
    for (int c = 0; c < 19; c++)
        exact &= r.dw[c] == 0;
    ok(exact, "%s: one number a group: the bias, without gradient", level);
    free_result(&r);
    free_data(&d);
}

/* All numbers of a group are equal: y is b up to rounding, and finite. */
static void
check_constant(const char *level)
{
    struct seg_group_norm q = {
        .n = 2, .m = 64, .c = 8, .groups = 2, .threads = 1, .eps = 1e-5f};
    struct data d = make_data(&q, 0);
    double worst = 0;
    int finite = 1;

    for (size_t i = 0; i < count_of(&q); i++)
        d.x[i] = 0.7f;
    struct result r = run(&q, &d, 0, 0);
    for (size_t i = 0; i < count_of(&q); i++) {
        worst = fmax(worst, fabs(r.y[i] - d.b[i % 8]));
        finite &= isfinite(r.dx[i]);
    }
    ok(worst < 1e-4 && finite, "%s: a constant image: the bias (%.1e)", level,
        worst);
    free_result(&r);
    free_data(&d);
}

int
main(void)
{
    FOR_LEVELS(l)
    {
        const char *level = seg_cpu_name((enum seg_cpu)l);
        for (int i = 0; i < SHAPES; i++)
            check_shape(shapes + i, level);
        for (int i = 0; i < GOLDEN; i++)
            check_golden(golden + i, level);
        check_alone(level);
        check_constant(level);
    }
    return done();
}
