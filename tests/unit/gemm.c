/* Matrix products, rows of unit length and operations on arrays. */
#include "lib/simd/gemm.h"
#include "lib/kernel/elementwise.h"
#include "lib/kernel/norm/normalize.h"
#include "tests/unit/kernels.h"

static void
check_gemm(enum seg_gemm_op op, int m, int n, int k, float beta)
{
    int lda = (op == SEG_TN ? m : k) + 3, ldb = (op == SEG_NT ? k : n) + 1;
    int ldy = n + 2;
    size_t size = (size_t)m * ldy;
    float *a = noise((size_t)(op == SEG_TN ? k : m) * lda, 1);
    float *b = noise((size_t)(op == SEG_NT ? n : k) * ldb, 2);
    float *y[3], *want = noise(size, 3);
    double *wide = grab(size * 8);
    seg_gemm_naive(want, a, b, op, beta, m, n, k, ldy, lda, ldb);
    for (size_t i = 0; i < size; i++)
        wide[i] = want[i];
    for (int t = 0; t < 3; t++) {
        y[t] = noise(size, 3); /* between the rows nothing changes */
        seg_gemm(y[t], a, b, op, beta, m, n, k, ldy, lda, ldb, t + 1);
    }
    double error = distance(y[0], wide, size);
    ok(error < 1e-6 && !memcmp(y[0], y[1], size * 4) &&
            !memcmp(y[0], y[2], size * 4),
        "product %d: %dx%dx%d, beta %g, error %.1e", op, m, n, k, (double)beta,
        error);
    free(a), free(b), free(want), free(wide);
    for (int t = 0; t < 3; t++)
        free(y[t]);
}

static void
check_normalize(int m, int d)
{
    size_t n = (size_t)m * d;
    float *x = noise(n, 1), *df = noise(n, 2), *f = grab(n * 4);
    float *norm = grab(m * 4), *dx = grab(n * 4), *sum = noise(n, 3);
    double *want = grab(n * 8), *dwant = grab(n * 8);
    memset(x, 0, d * 4);
    for (int i = 0; i < m; i++) {
        double square = 0, radial = 0;
        for (int c = 0; c < d; c++)
            square += (double)x[i * d + c] * x[i * d + c];
        double k = square > 0 ? 1 / sqrt(square) : 0;
        for (int c = 0; c < d; c++)
            radial += x[i * d + c] * k * df[i * d + c];
        for (int c = 0; c < d; c++) {
            want[i * d + c] = x[i * d + c] * k;
            dwant[i * d + c] = (df[i * d + c] - want[i * d + c] * radial) * k;
        }
    }
    seg_normalize_forward(f, norm, x, m, d, 2);
    seg_normalize_backward(dx, df, f, norm, 0, m, d, 2);
    int good = distance(f, want, n) < 1e-6 && distance(dx, dwant, n) < 2e-6;
    for (size_t i = 0; i < n; i++)
        dwant[i] += sum[i];
    seg_normalize_backward(sum, df, f, norm, 1, m, d, 1);
    ok(good && distance(sum, dwant, n) < 2e-6,
        "%d rows of %d, the first of them zero", m, d);
    free(x), free(df), free(f), free(norm), free(dx), free(sum);
    free(want), free(dwant);
}

static void
check_passes(size_t n)
{
    float *a = noise(n, 1), *b = noise(n, 2), *y = grab(n * 4);
    int good = 1;
    seg_sum(y, a, b, n, 2);
    for (size_t i = 0; i < n; i++)
        good &= y[i] == a[i] + b[i];
    seg_sum(y, y, b, n, 2);
    for (size_t i = 0; i < n; i++)
        good &= y[i] == a[i] + b[i] + b[i];
    ok(good, "sum of %zu", n);
    seg_copy(y, a, 0, n, 2);
    seg_copy(y, b, 1, n, 2);
    good = 1;
    for (size_t i = 0; i < n; i++)
        good &= y[i] == a[i] + b[i];
    ok(good, "copy, and copy added");
    a[0] = NAN;
    seg_relu_forward(y, a, n, 2);
    good = isnan(y[0]);
    for (size_t i = 1; i < n; i++)
        good &= y[i] == fmaxf(a[i], 0);
    ok(good, "relu");
    float *dx = noise(n, 4), *was = noise(n, 4);
    seg_relu_backward(dx, b, y, 1, n, 2);
    good = 1;
    for (size_t i = 1; i < n; i++)
        good &= dx[i] == was[i] + (y[i] > 0 ? b[i] : 0);
    seg_relu_backward(dx, b, y, 0, n, 2);
    for (size_t i = 1; i < n; i++)
        good &= dx[i] == (y[i] > 0 ? b[i] : 0);
    ok(good, "its gradient, added and written");
    free(a), free(b), free(y), free(dx), free(was);
}

static void
check_channels(void)
{
    enum { M = 9000, A = 5, B = 8, C = A + B };
    float *a = noise(M * A, 1), *b = noise(M * B, 2), *y = grab(M * C * 4);
    float *back = grab(M * B * 4);
    int good = 1;
    seg_copy_channels(y, C, a, A, A, 0, M, 2);
    seg_copy_channels(y + A, C, b, B, B, 0, M, 2);
    for (int i = 0; i < M * C; i++)
        good &= y[i] ==
                (i % C < A ? a[i / C * A + i % C] : b[i / C * B + i % C - A]);
    ok(good, "channels laid side by side");
    memcpy(back, b, M * B * 4);
    seg_copy_channels(back, B, y + A, C, B, 1, M, 2);
    good = 1;
    for (int i = 0; i < M * B; i++)
        good &= back[i] == 2 * b[i];
    ok(good, "and taken apart, added");
    free(a), free(b), free(y), free(back);
}

int
main(void)
{
    for (int op = SEG_NN; op <= SEG_TN; op++) {
        check_gemm(op, 1, 1, 1, 0);
        check_gemm(op, 37, 19, 23, 0);
        check_gemm(op, 5, 700, 11, 1);
        check_gemm(op, 1000, 40, 9, 0.5f);
    }
    FOR_LEVELS(l)
    {
        check_normalize(3, 2);
        check_normalize(40, 37);
        check_normalize(5, 256);
        check_passes(1);
        check_passes(200001);
        check_channels();
    }
    return done();
}
