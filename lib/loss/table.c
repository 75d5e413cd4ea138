/* All losses on logits. */
#include "lib/loss/loss.h"

extern const struct seg_loss seg_loss_ce, seg_loss_dice, seg_loss_entropy,
    seg_loss_focal, seg_loss_lovasz, seg_loss_maxsquare, seg_loss_nl,
    seg_loss_nlrank, seg_loss_ohem, seg_loss_pl, seg_loss_tversky;

const struct seg_loss *const seg_losses[] = {
    &seg_loss_ce,
    &seg_loss_dice,
    &seg_loss_entropy,
    &seg_loss_focal,
    &seg_loss_lovasz,
    &seg_loss_maxsquare,
    &seg_loss_nl,
    &seg_loss_nlrank,
    &seg_loss_ohem,
    &seg_loss_pl,
    &seg_loss_tversky,
    NULL,
};
