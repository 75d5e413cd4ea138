/*
 * The soft Dice loss, by MONAI's convention (DiceLoss with softmax and one-hot
 * labels).
 *
 * Per image and class, over its valid pixels, with s = smooth:
 *   I = sum_q p[q,c] [y_q = c],  P = sum_q p[q,c],  Y = sum_q [y_q = c]
 *   f = 1 - (2 I + s) / (P + Y + s)
 * and L is the mean of f over images with a valid pixel and over classes.  With
 * batch=1 the sums run over the whole batch.  With background=0 class 0 is left
 * out.  With square=1, P is the sum of squares (Milletari et al., 1606.04797).
 */
#include "lib/loss/class_sums.h"

enum { BACKGROUND, BATCH, SQUARE, SMOOTH };

static const struct seg_loss_setting settings[] = {
    [BACKGROUND] = {"background", 1, 0, 1, 1},
    [BATCH] = {"batch", 0, 0, 1, 1},
    [SQUARE] = {"square", 0, 0, 1, 1},
    [SMOOTH] = {"smooth", 1e-5, 0, 1e6, 0},
    {NULL, 0, 0, 0, 0},
};

static double
f(const struct seg_class_sums *sum, const double *set, double slope[2])
{
    double s = set[SMOOTH];
    double above = 2 * sum->both + s, below = sum->p + sum->y + s;

    if (!(below > 0))
        return 0;
    slope[0] = above / (below * below);
    slope[1] = -2 / below;
    return 1 - above / below;
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    struct seg_class_loss l = {.background = t->set[BACKGROUND] > 0,
        .batch = t->set[BATCH] > 0,
        .square = t->set[SQUARE] > 0,
        .f = f,
        .set = t->set};

    return seg_class_sums_value(&l, b, dx, x, label, scratch);
}

const struct seg_loss seg_loss_dice = {
    .name = "dice",
    .formula = "L = mean_c 1 - (2 sum_q p[q,c] [y_q = c] + s) / "
               "(sum_q p[q,c] + sum_q [y_q = c] + s)",
    .source = "Milletari et al., 1606.04797; as DiceLoss of MONAI",
    .settings = settings,
    .scratch_bytes = seg_class_sums_bytes,
    .value = value,
};
