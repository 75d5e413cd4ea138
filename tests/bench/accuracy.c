/*
 * Rounding errors of a block of two layers: accuracy
 *
 * 2 x (3x3 64>64, batch norm, ReLU) on 8x120x160, weights and inputs normal;
 * relative L2 errors of the output, of the gradient of the input and of that of
 * both weights, against the same in double.  TSV: method, y, dx, dw.  The same
 * question to PyTorch: peer.py accuracy.  Environment: SEG_THREADS (2).
 */
#include <math.h>

#include "lib/base/rng.h"
#include "lib/net/net.h"
#include "tests/bench/take.h"

enum { N = 8, H = 120, W = 160, C = 64, TAPS = 9 };
enum { PIXELS = N * H * W, MAP = PIXELS * C, WEIGHTS = C * C * TAPS };

static const double eps = 1e-5;

/* `pre` is the identity: its gradient is that of the input. */
static const char text[] = "image input - c=64\n"
                           "pre conv image c=64 k=1 groups=64\n"
                           "a conv pre c=64 k=3\n"
                           "b bn a act=relu\n"
                           "c conv b c=64 k=3\n"
                           "output bn c act=relu\n";

static struct seg_arena arena;
static struct seg_err err;
static int threads = 2;

/* ---- the block in double ---- */

/* w[tap][in][out]; back: for the convolution from dy to dx */
static void
lay_weights(double *to, const float *w, int back)
{
    for (int k = 0; k < C; k++)
        for (int c = 0; c < C; c++)
            for (int t = 0; t < TAPS; t++) {
                double v = (double)w[(k * C + c) * TAPS + t];
                if (back)
                    to[((TAPS - 1 - t) * C + k) * C + c] = v;
                else
                    to[(t * C + c) * C + k] = v;
            }
}

/* The pixel that tap t of pixel p reads, or -1. */
static int
neighbor(int p, int t)
{
    int y = p / W % H + t / 3 - 1, x = p % W + t % 3 - 1;

    return y < 0 || y >= H || x < 0 || x >= W ? -1
                                              : (p / (H * W) * H + y) * W + x;
}

static void
conv(double *y, const double *x, const double *w)
{
#pragma omp parallel for num_threads(threads)
    for (int p = 0; p < PIXELS; p++) {
        double sum[C] = {0};
        for (int t = 0; t < TAPS; t++) {
            int q = neighbor(p, t);
            for (int c = 0; q >= 0 && c < C; c++)
                for (int k = 0; k < C; k++)
                    sum[k] += x[(size_t)q * C + c] * w[(t * C + c) * C + k];
        }
        memcpy(y + (size_t)p * C, sum, sizeof sum);
    }
}

/* In the order of w, [out,in,tap]. */
static void
conv_weights(double *dw, const double *x, const double *dy)
{
#pragma omp parallel for num_threads(threads)
    for (int t = 0; t < TAPS; t++) {
        static _Thread_local double sum[C][C];
        memset(sum, 0, sizeof sum);
        for (int p = 0; p < PIXELS; p++) {
            int q = neighbor(p, t);
            for (int c = 0; q >= 0 && c < C; c++)
                for (int k = 0; k < C; k++)
                    sum[c][k] += x[(size_t)q * C + c] * dy[(size_t)p * C + k];
        }
        for (int k = 0; k < C; k++)
            for (int c = 0; c < C; c++)
                dw[(k * C + c) * TAPS + t] = sum[c][k];
    }
}

/* x becomes xhat; y = max(0, xhat); r = 1/sqrt(var + eps) */
static void
norm(double *y, double *x, double *r)
{
    for (int c = 0; c < C; c++) {
        double mean = 0, var = 0;
        for (size_t i = c; i < MAP; i += C)
            mean += x[i] / PIXELS;
        for (size_t i = c; i < MAP; i += C)
            var += (x[i] - mean) * (x[i] - mean) / PIXELS;
        r[c] = 1 / sqrt(var + eps);
        for (size_t i = c; i < MAP; i += C) {
            x[i] = (x[i] - mean) * r[c];
            y[i] = fmax(0, x[i]);
        }
    }
}

/* dy becomes dx: r (g - mean g - xhat mean(g xhat)), g = dy if y > 0, else 0 */
static void
norm_back(double *dy, const double *xhat, const double *r)
{
    for (int c = 0; c < C; c++) {
        double g = 0, gx = 0;
        for (size_t i = c; i < MAP; i += C) {
            dy[i] = xhat[i] > 0 ? dy[i] : 0;
            g += dy[i] / PIXELS;
            gx += dy[i] * xhat[i] / PIXELS;
        }
        for (size_t i = c; i < MAP; i += C)
            dy[i] = r[c] * (dy[i] - g - xhat[i] * gx);
    }
}

struct truth {
    double *y, *dx, *dw[2];
};

static struct truth
in_double(const float *x, const float *dy, const float *w1, const float *w2)
{
    struct truth t = {bench_take(&arena, MAP, sizeof(double)),
        bench_take(&arena, MAP, sizeof(double)),
        {bench_take(&arena, WEIGHTS, sizeof(double)),
            bench_take(&arena, WEIGHTS, sizeof(double))}};
    double *in = bench_take(&arena, MAP, sizeof *in),
           *a = bench_take(&arena, MAP, sizeof *a);
    double *b = bench_take(&arena, MAP, sizeof *b),
           *c = bench_take(&arena, MAP, sizeof *c);
    double *g = bench_take(&arena, MAP, sizeof *g),
           *w = bench_take(&arena, WEIGHTS, sizeof *w);
    double ra[C], rc[C];

    for (int i = 0; i < MAP; i++) {
        in[i] = (double)x[i];
        g[i] = (double)dy[i];
    }
    lay_weights(w, w1, 0);
    conv(a, in, w);
    norm(b, a, ra);
    lay_weights(w, w2, 0);
    conv(c, b, w);
    norm(t.y, c, rc);
    norm_back(g, c, rc);
    conv_weights(t.dw[1], b, g);
    lay_weights(w, w2, 1);
    conv(c, g, w);
    norm_back(c, a, ra);
    conv_weights(t.dw[0], in, c);
    lay_weights(w, w1, 1);
    conv(t.dx, c, w);
    return t;
}

/* ---- ours ---- */

static void
compare(double sums[2], const float *seen, const double *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double d = (double)seen[i] - wanted[i];
        sums[0] += d * d;
        sums[1] += wanted[i] * wanted[i];
    }
}

static void
measure(const char *name, struct seg_net *net, int exact, const float *x,
    const float *dy, const struct truth *t)
{
    static const char *const wanted[] = {"pre"};
    struct seg_net_plan plan = {.n = N,
        .h = H,
        .w = W,
        .training = 1,
        .threads = threads,
        .exact = exact,
        .wanted = wanted,
        .nwanted = 1};
    double sums[3][2] = {{0}};

    if (seg_net_plan(net, &plan, &err))
        bench_die(err.text);
    struct seg_value *y = seg_net_output(net);
    memcpy(seg_net_input(net)->x, x, MAP * sizeof *x);
    seg_net_forward(net, 0, 0);
    compare(sums[0], y->x, t->y, MAP);
    seg_net_clear_grads(net);
    memcpy(y->dx, dy, MAP * sizeof *dy);
    seg_net_backward(net, 0, 0);
    compare(sums[1], seg_net_value(net, "pre")->dx, t->dx, MAP);
    compare(
        sums[2], seg_net_param_named(net, "a.weight")->dw, t->dw[0], WEIGHTS);
    compare(
        sums[2], seg_net_param_named(net, "c.weight")->dw, t->dw[1], WEIGHTS);
    printf("%s", name);
    for (int i = 0; i < 3; i++)
        printf("\t%.1e", sqrt(sums[i][0] / sums[i][1]));
    putchar('\n');
}

int
main(void)
{
    struct seg_net *net;
    struct seg_rng r = seg_rng_make(1, NULL, "bench", 0);
    float *x = bench_take(&arena, MAP, sizeof *x),
          *dy = bench_take(&arena, MAP, sizeof *dy);

    if (getenv("SEG_THREADS"))
        threads = atoi(getenv("SEG_THREADS"));
    if (seg_net_parse(&net, text, "block", &err))
        bench_die(err.text);
    seg_net_init(net, SEG_INIT_HE, 1);
    struct seg_param *one = seg_net_param_named(net, "pre.weight");
    for (size_t i = 0; i < one->count; i++)
        one->w[i] = 1;
    for (int i = 0; i < MAP; i++) {
        x[i] = (float)seg_rng_normal(&r);
        dy[i] = (float)seg_rng_normal(&r);
    }
    struct truth t = in_double(x, dy, seg_net_param_named(net, "a.weight")->w,
        seg_net_param_named(net, "c.weight")->w);
    puts("method\ty\tdx\tdw");
    measure("winograd", net, 0, x, dy, &t);
    measure("exact", net, 1, x, dy, &t);
    return 0;
}
