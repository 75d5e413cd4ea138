#include <math.h>
#include <string.h>

#include "lib/project/distance.h"
#include "lib/project/tsne.h"
#include "lib/project/tsne_kernel.h"
#include "lib/simd/cpu.h"

enum { EARLY = 250 };
static const float exaggeration = 12;
/* Smaller numbers would be denormal in products, and slow. */
static const float negligible = 1e-25f;

/* The layout is kept as all x, then all y. */
struct layout {
    int n;
    float *at, *speed, *gain, *slope; /* 2,n */
    float *p;                         /* n,n */
    double *sum; /* n: of each row, the sum of 1 / (1 + distance^2) */
};

/* ---- P ---- */

/* Entropy in nats of p[j] proportional to exp(-beta (row[j] - least)), j != i,
   which is stored in p. */
static double
gaussian(float *p, const float *row, int i, int n, double beta, float least)
{
    double sum = 0, energy = 0;

    for (int j = 0; j < n; j++) {
        float above = row[j] - least;

        p[j] = j == i ? 0 : expf((float)-beta * above);
        sum += p[j];
        energy += (double)p[j] * above;
    }
    for (int j = 0; j < n; j++)
        p[j] = (float)(p[j] / sum);
    return log(sum) + beta * energy / sum;
}

/* Replaces the squared distances in row by p[j|i] of that perplexity. */
static void
conditional(float *row, float *p, int i, int n, double perplexity)
{
    double low = 0, high = INFINITY, beta = 1, want = log(perplexity);
    float least = INFINITY;

    for (int j = 0; j < n; j++)
        least = j != i && row[j] < least ? row[j] : least;
    for (int k = 0; k < 100; k++) {
        double excess = gaussian(p, row, i, n, beta, least) - want;

        if (fabs(excess) < 1e-5)
            break;
        if (excess > 0)
            low = beta;
        else
            high = beta;
        beta = isinf(high) ? 2 * beta : (low + high) / 2;
    }
    memcpy(row, p, (size_t)n * sizeof *row);
}

static int
fill_p(struct layout *l, const float *x, int d, double perplexity,
    struct seg_arena *a, struct seg_err *e)
{
    int n = l->n;
    float *rows = seg_take_dirty(a, (size_t)n * n, sizeof *rows, e);

    if (!rows)
        return -1;
#pragma omp parallel for schedule(dynamic, 8)
    for (int i = 0; i < n; i++) {
        float *row = l->p + (size_t)i * n;

        for (int j = 0; j < n; j++)
            row[j] =
                seg_squared_distance(x + (size_t)i * d, x + (size_t)j * d, d);
        conditional(row, rows + (size_t)i * n, i, n, perplexity);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            float *one = l->p + (size_t)i * n + j;
            float *two = l->p + (size_t)j * n + i;

            *one = *two = (*one + *two) / (float)(2 * n);
            if (*one < negligible)
                *one = *two = 0;
        }
    return 0;
}

/* ---- descent ---- */

static double
total(const double *sum, int n)
{
    double all = 0;

    for (int i = 0; i < n; i++)
        all += sum[i];
    return all;
}

/*
 * The gradient of KL is 4 sum_j (p[i,j] - q[i,j]) w[i,j] (y_i - y_j), with
 * w = 1 / (1 + |y_i - y_j|^2) and q = w / sum w.  p is multiplied by `pull`.
 */
static void
slopes(struct layout *l, float pull, float *repulsion)
{
    const struct seg_tsne_kernels *kn = SEG_CPU_PICK(seg_tsne_kernels);
    int n = l->n;

#pragma omp parallel for schedule(static)
    for (int i = 0; i < n; i++) {
        struct seg_tsne_forces f =
            kn->forces(l->at, l->p + (size_t)i * n, i, n);

        for (int k = 0; k < 2; k++) {
            l->slope[k * n + i] = 4 * pull * f.attraction[k];
            repulsion[k * n + i] = 4 * f.repulsion[k];
        }
        l->sum[i] = f.sum - 1; /* without j = i */
    }
    float scale = (float)(1 / total(l->sum, n));
    for (int i = 0; i < 2 * n; i++)
        l->slope[i] -= repulsion[i] * scale;
}

static void
move(struct layout *l, float momentum, float rate)
{
    for (int i = 0; i < 2 * l->n; i++) {
        float g = l->slope[i], v = l->speed[i];

        l->gain[i] = g * v < 0 ? l->gain[i] + 0.2f : l->gain[i] * 0.8f;
        l->gain[i] = l->gain[i] < 0.01f ? 0.01f : l->gain[i];
        l->speed[i] = momentum * v - rate * l->gain[i] * g;
        l->at[i] += l->speed[i];
    }
}

static double
divergence(const struct layout *l)
{
    const float *x = l->at, *y = x + l->n;
    double all = total(l->sum, l->n), kl = 0;

    for (int i = 0; i < l->n; i++)
        for (int j = 0; j < l->n; j++) {
            double p = l->p[(size_t)i * l->n + j];
            double dx = (double)x[i] - x[j], dy = (double)y[i] - y[j];

            if (j != i && p > 0)
                kl += p * log(p * (1 + dx * dx + dy * dy) * all);
        }
    return kl;
}

/* Takes the first layout, scaled so that x has a standard deviation of 1e-4. */
static void
start(struct layout *l, const float *y)
{
    double sum = 0, squares = 0;

    for (int i = 0; i < l->n; i++) {
        sum += y[2 * i];
        squares += (double)y[2 * i] * y[2 * i];
    }
    double mean = sum / l->n, variance = squares / l->n - mean * mean;
    float scale = variance > 0 ? (float)(1e-4 / sqrt(variance)) : 0;
    for (int i = 0; i < l->n; i++)
        for (int k = 0; k < 2; k++) {
            l->at[k * l->n + i] = y[2 * i + k] * scale;
            l->gain[k * l->n + i] = 1;
        }
}

int
seg_tsne(float *y, double *kl, const float *x, int n, int d,
    const struct seg_tsne_opts *opts, void (*progress)(void *, int done),
    void *argument, struct seg_arena *a, struct seg_err *e)
{
    size_t size = (size_t)n;
    struct layout l = {.n = n, .p = seg_take_dirty(a, size * size, 4, e)};
    double most = fmax(1, (n - 1) / 3.0);
    float rate = fmaxf((float)n / exaggeration / 4, 50);

    l.sum = l.p ? seg_take(a, size, sizeof *l.sum, e) : NULL;
    l.at = l.sum ? seg_take(a, size, 5 * 2 * sizeof *l.at, e) : NULL;
    if (!l.at || fill_p(&l, x, d, fmin(opts->perplexity, most), a, e))
        return -1;
    l.speed = l.at + 2 * size;
    l.gain = l.speed + 2 * size;
    l.slope = l.gain + 2 * size;
    float *repulsion = l.slope + 2 * size;
    start(&l, y);
    for (int i = 0; i < opts->iterations; i++) {
        slopes(&l, i < EARLY ? exaggeration : 1, repulsion);
        move(&l, i < EARLY ? 0.5f : 0.8f, rate);
        if (progress)
            progress(argument, i + 1);
    }
    slopes(&l, 1, repulsion); /* the sums of the final layout */
    *kl = divergence(&l);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 2; k++)
            y[2 * i + k] = l.at[k * n + i];
    return 0;
}
