/* The positives of one class, which need no pairs but class sums, in double. */
#include <string.h>

#include "lib/kernel/contrast/contrast_kernel.h"
#include "lib/simd/rows.h"

/* sum over a class of f, and of f . f */
static double
class_sum(const struct work *w, double *sum, int key)
{
    const struct row_kernels *kn = row_kernels();
    size_t d = (size_t)w->d;
    double square = 0;

    memset(sum, 0, d * sizeof *sum);
    for (int i = w->first[key]; i < w->first[key] + w->count[key]; i++) {
        const float *f = w->f + i * d;
        for (size_t c = 0; c < d; c++)
            sum[c] += f[c];
        square += (double)kn->dot(f, f, (long)d);
    }
    return square;
}

/* df_i += scale/tau (what the meetings gave - to + self f_i), a class's rows */
static void
scatter(const struct work *w, float *df, const double *to, double self, int key)
{
    int d = w->d, panel = w->mm->panel;
    double k = (double)w->q->scale / w->q->tau;

    for (int i = w->first[key]; i < w->first[key] + w->count[key]; i++)
        for (int c = 0; c < d; c += panel) {
            const float *met = w->df + along_at(w, i, c);
            const float *f = w->f + (size_t)i * d + c;
            float *own = df + (size_t)w->from[i] * d + c;
            int n = min_int(panel, d - c);

            for (int j = 0; j < n; j++)
                own[j] += (float)(k * (met[j] - to[c + j] + self * f[j]));
        }
}

/*
 * sum_i k_i sum_{p in P_i} f_i . f_p over the anchors of class y, which needs
 * only the sum of each group, and its gradient.
 */
double
seg_contrast_class(const struct work *w, float *df, double *sum, int y)
{
    const struct seg_contrast *q = w->q;
    int n = q->groups, d = w->d, out = !q->self;
    double value = 0, square[SEG_GROUPS], *to = sum + (size_t)n * d;

    for (int g = 0; g < n; g++)
        square[g] = class_sum(w, sum + (size_t)g * d, g * q->classes + y);
    for (int a = 0; a < n; a++) {
        const double *sa = sum + (size_t)a * d;
        double ka = w->share[a * q->classes + y];
        double self = out && (q->role[a][a] & SEG_POS) ? ka : 0;

        memset(to, 0, (size_t)d * sizeof *to);
        for (int b = 0; b < n; b++) {
            const double *sb = sum + (size_t)b * d;
            double kab = q->role[a][b] & SEG_POS ? ka : 0;
            double kba =
                q->role[b][a] & SEG_POS ? w->share[b * q->classes + y] : 0;

            for (int c = 0; c < d; c++) {
                to[c] += (kab + kba) * sb[c];
                value += kab * sa[c] * sb[c];
            }
        }
        value -= self * square[a];
        if (df)
            scatter(w, df, to, 2 * self, a * q->classes + y);
    }
    return value;
}
