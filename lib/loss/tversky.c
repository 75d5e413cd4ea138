/*
 * The Tversky loss (Salehi et al., 1706.05721), by MONAI's convention
 * (TverskyLoss with softmax and one-hot labels).
 *
 * Per image and class, with the sums I, P, Y of class_sums.h and s = smooth:
 *   TP = I,  FP = P - I,  FN = Y - I
 *   f = 1 - (TP + s) / (TP + alpha FP + beta FN + s)
 * and L is the mean of f over images with a valid pixel and over classes.  With
 * alpha = beta = 0.5 this is Dice with twice the smooth, with alpha = beta = 1
 * a soft Jaccard loss.  With batch=1 the sums run over the whole batch.  With
 * background=0 class 0 is left out, as in the paper.
 */
#include "lib/loss/class_sums.h"

enum { ALPHA, BETA, BACKGROUND, BATCH, SMOOTH };

static const struct seg_loss_setting settings[] = {
    [ALPHA] = {"alpha", 0.3, 0, 1e6, 0},
    [BETA] = {"beta", 0.7, 0, 1e6, 0},
    [BACKGROUND] = {"background", 1, 0, 1, 1},
    [BATCH] = {"batch", 0, 0, 1, 1},
    [SMOOTH] = {"smooth", 1e-5, 0, 1e6, 0},
    {NULL, 0, 0, 0, 0},
};

static double
f(const struct seg_class_sums *sum, const double *set, double slope[2])
{
    double alpha = set[ALPHA], beta = set[BETA];
    double above = sum->both + set[SMOOTH];
    double below =
        above + alpha * (sum->p - sum->both) + beta * (sum->y - sum->both);

    if (!(below > 0))
        return 0;
    slope[0] = alpha * above / (below * below);
    slope[1] = ((1 - alpha - beta) * above / below - 1) / below;
    return 1 - above / below;
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    struct seg_class_loss l = {.background = t->set[BACKGROUND] > 0,
        .batch = t->set[BATCH] > 0,
        .f = f,
        .set = t->set};

    return seg_class_sums_value(&l, b, dx, x, label, scratch);
}

const struct seg_loss seg_loss_tversky = {
    .name = "tversky",
    .formula = "L = mean_c 1 - (TP + s) / (TP + alpha FP + beta FN + s), "
               "TP = sum_q p[q,c] [y_q = c], FP = sum_q p[q,c] [y_q != c], "
               "FN = sum_q (1 - p[q,c]) [y_q = c]",
    .source = "Salehi et al., 1706.05721; as TverskyLoss of MONAI",
    .settings = settings,
    .scratch_bytes = seg_class_sums_bytes,
    .value = value,
};
