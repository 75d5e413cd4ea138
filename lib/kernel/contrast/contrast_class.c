/* The positive term of the loss, one class at a time.  It needs no pairs, only
   the sum of the features of each class, in double. */
#include <string.h>

#include "lib/kernel/contrast/contrast_kernel.h"
#include "lib/simd/rows.h"

/* sum becomes the sum of f over one class and group; returns the sum of
   f . f. */
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

/* For the rows of one class and group: df_i += scale/tau (w->df_i - to +
   self f_i), in the order of the input. */
static void
store_gradient(
    const struct work *w, float *df, const double *to, double self, int key)
{
    int d = w->d, panel = w->mm->panel;
    double k = (double)w->q->scale / w->q->tau;

    for (int i = w->first[key]; i < w->first[key] + w->count[key]; i++)
        for (int c = 0; c < d; c += panel) {
            const float *pairs = w->df + packed_at(w, i, c);
            const float *f = w->f + (size_t)i * d + c;
            float *own = df + (size_t)w->source[i] * d + c;
            int n = min_int(panel, d - c);

            for (int j = 0; j < n; j++)
                own[j] += (float)(k * (pairs[j] - to[c + j] + self * f[j]));
        }
}

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
        double ka = w->class_weight[a * q->classes + y];
        double self = out && (q->relation[a][a] & SEG_POSITIVE) ? ka : 0;

        memset(to, 0, (size_t)d * sizeof *to);
        for (int b = 0; b < n; b++) {
            const double *sb = sum + (size_t)b * d;
            double kab = q->relation[a][b] & SEG_POSITIVE ? ka : 0;
            double kba = q->relation[b][a] & SEG_POSITIVE
                             ? w->class_weight[b * q->classes + y]
                             : 0;

            for (int c = 0; c < d; c++) {
                to[c] += (kab + kba) * sb[c];
                value += kab * sa[c] * sb[c];
            }
        }
        value -= self * square[a];
        if (df)
            store_gradient(w, df, to, 2 * self, a * q->classes + y);
    }
    return value;
}
