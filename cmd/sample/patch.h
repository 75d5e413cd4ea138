/* Patches of seg-sample: drawn until one is accepted, and written. */
#ifndef SEG_CMD_SAMPLE_PATCH_H
#define SEG_CMD_SAMPLE_PATCH_H

#include "cmd/sample/draw.h"
#include "cmd/sample/intensities.h"

/* Fills out with patch number `draw`, its number in seg.draw.  If an item has
   no patch that s accepts, in 50 attempts, the next one is taken and a warning
   is printed, once.  Exits if no item has one. */
void cli_draw_patch(struct seg_record *out, struct cli_draws *d,
    struct cli_intensities *whole, const struct seg_sample *s, uint64_t draw);

/* Fills out with the patch of `in` at win, which was drawn for class.  Returns
   1 if s accepts it. */
int cli_cut_patch(struct seg_record *out, const struct seg_record *in,
    const struct seg_window *win, const struct seg_sample *s, int class,
    uint64_t draw);

#endif
