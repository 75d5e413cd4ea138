/*
 * Projections and measures of feature vectors.  The numbers of another library
 * (scikit-learn 1.9) are those of its PCA, TSNE (method "exact", init "pca"),
 * NearestNeighbors and LogisticRegression (C = 1) on the same points.
 */
#include <math.h>
#include <string.h>

#include "lib/project/measures.h"
#include "lib/project/pca.h"
#include "lib/project/probe.h"
#include "lib/project/tsne.h"
#include "tests/unit/tap.h"

enum { N = 90, D = 6, K = 3 };

static float x[N * D];
static struct seg_point point[N];
static struct seg_points points = {N, D, point, x};

/* Three overlapping clouds, the same in every language. */
static void
make_points(void)
{
    for (int i = 0; i < N; i++) {
        point[i] = (struct seg_point){
            .key = "k", .class = i / (N / K), .held_out = i % 2};
        for (int j = 0; j < D; j++)
            x[i * D + j] = (float)(sin(12.9898 * i + 78.233 * j) * 1.5 +
                                   (j == point[i].class ? 0.6 : 0));
    }
}

static int
near(double seen, double expected, double tolerance)
{
    if (fabs(seen - expected) <= tolerance)
        return 1;
    note("seen %.8g, expected %.8g", seen, expected);
    return 0;
}

/* A matrix with known eigenvalues: rotations of a diagonal one. */
static void
test_eigen(struct seg_arena *a)
{
    enum { SIZE = 40 };
    static double m[SIZE * SIZE], v[2 * SIZE], value[2];
    struct seg_err e;
    double most = 0;

    for (int i = 0; i < SIZE; i++)
        m[i * SIZE + i] = i == 7 ? 9 : i == 3 ? 8.9 : 8.5 * i / SIZE;
    for (int r = 0; r < 200; r++) {
        int p = r * 7 % SIZE, q = (r * 11 + 1) % SIZE;
        double c = cos(r), s = sin(r);

        for (int k = 0; p != q && k < SIZE; k++) {
            double u = m[p * SIZE + k], w = m[q * SIZE + k];
            m[p * SIZE + k] = c * u - s * w;
            m[q * SIZE + k] = s * u + c * w;
        }
        for (int k = 0; p != q && k < SIZE; k++) {
            double u = m[k * SIZE + p], w = m[k * SIZE + q];
            m[k * SIZE + p] = c * u - s * w;
            m[k * SIZE + q] = s * u + c * w;
        }
    }
    ok(!seg_eigen_top(value, v, m, SIZE, 2, a, &e) && near(value[0], 9, 1e-9) &&
            near(value[1], 8.9, 1e-9),
        "eigenvalues that are close to each other are found");
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < SIZE; i++) {
            double sum = 0;

            for (int k = 0; k < SIZE; k++)
                sum += m[i * SIZE + k] * v[j * SIZE + k];
            most = fmax(most, fabs(sum - value[j] * v[j * SIZE + i]));
        }
    ok(most < 1e-8, "their vectors are eigenvectors");
    memset(m, 0, sizeof m);
    ok(!seg_eigen_top(value, v, m, SIZE, 2, a, &e) && value[0] == 0 &&
            value[1] == 0,
        "a matrix of zeros has eigenvalues 0");
    m[0] = 4;
    ok(!seg_eigen_top(value, v, m, 1, 1, a, &e) && near(value[0], 4, 1e-12) &&
            v[0] == 1,
        "a matrix of one number");
}

static void
test_pca(float *y, struct seg_arena *a)
{
    struct seg_err e;
    double share[2];

    ok(!seg_pca(y, share, x, N, D, a, &e) && near(share[0], 0.7473869, 1e-6) &&
            near(share[1], 0.2341469, 1e-6),
        "PCA has the variances of scikit-learn");
    ok(near(y[0], -2.07661, 1e-5) && near(y[1], 1.565287, 1e-5) &&
            near(y[2 * N - 1], 1.260458, 1e-5),
        "PCA has its coordinates");
}

static void
count(void *calls, int done)
{
    (void)done;
    ++*(int *)calls;
}

static void
test_tsne(float *y, struct seg_arena *a)
{
    struct seg_tsne_opts opts = {15, 1000};
    struct seg_err e;
    double kl, early;
    float first[2 * N];
    int calls = 0;

    memcpy(first, y, sizeof first);
    opts.iterations = 0; /* all points are in one place: KL depends on P */
    ok(!seg_tsne(first, &kl, x, N, D, &opts, NULL, NULL, a, &e) &&
            near(kl, 1.765807, 1e-4),
        "P is that of scikit-learn");
    memcpy(first, y, sizeof first);
    opts.iterations = 1000;
    ok(!seg_tsne(y, &kl, x, N, D, &opts, count, &calls, a, &e) &&
            kl < 0.2026 + 0.03,
        "t-SNE has about the divergence of scikit-learn, 0.2026");
    ok(calls == 1000, "progress is reported after each iteration");
    opts.iterations = 250;
    ok(!seg_tsne(first, &early, x, N, D, &opts, NULL, NULL, a, &e) &&
            early > kl,
        "more iterations lower the divergence");
    opts.perplexity = 1000;
    ok(!seg_tsne(first, &early, x, N, D, &opts, NULL, NULL, a, &e) &&
            isfinite(early),
        "a perplexity above the number of points is lowered");
}

static void
test_measures(struct seg_arena *a)
{
    static struct seg_measures m;
    struct seg_err e;
    const double *all = m.all.value;
    double sum[2] = {0}, n[2] = {0};

    ok(!seg_measures_compute(&m, &points, a, &e), "measures are computed");
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double ij = 0, ii = 0, jj = 0;
            int other = point[i].class != point[j].class;

            for (int k = 0; k < D; k++) {
                ij += (double)x[i * D + k] * x[j * D + k];
                ii += (double)x[i * D + k] * x[i * D + k];
                jj += (double)x[j * D + k] * x[j * D + k];
            }
            if (i != j) {
                sum[other] += ij / sqrt(ii * jj);
                n[other]++;
            }
        }
    ok(near(all[SEG_WITHIN], sum[0] / n[0], 1e-9) &&
            near(all[SEG_BETWEEN], sum[1] / n[1], 1e-9),
        "cosines are the means over all pairs");
    ok(near(all[SEG_PURITY], 0.3688889, 1e-7),
        "purity is that of scikit-learn");
    ok(near(all[SEG_PROBE], 1, 1e-9), "the probe is that of scikit-learn");
    ok(m.all.n == N && m.all.held_out == N / 2 && m.class[2].n == N / K,
        "points are counted");
}

int
main(void)
{
    struct seg_arena a = {0};
    float y[2 * N];

    make_points();
    test_eigen(&a);
    test_pca(y, &a);
    test_tsne(y, &a);
    test_measures(&a);
    seg_arena_free(&a);
    return done();
}
