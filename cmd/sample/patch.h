/* Patches of seg-sample: drawn until one is accepted. */
#ifndef SEG_CMD_SAMPLE_PATCH_H
#define SEG_CMD_SAMPLE_PATCH_H

#include "cmd/sample/draw.h"
#include "cmd/sample/intensities.h"

/* A tensor [H,W] u8 of an input record that becomes the last channel of the
   images of its patches (lib/image/mask.h). */
#define CLI_MASK "seg-sample.mask"

/* What to draw of a record. */
struct cli_cut {
    const struct seg_record *rec;
    const struct seg_sample *s;
    const struct seg_box *box; /* a window around this box; NULL: anywhere */
    int class;                 /* without a box: see seg_sample_window */
    uint64_t index;            /* of the window */
    uint64_t draw;             /* number of the patch: seg.draw */
    int views;                 /* 2: a second window for image.1 */
};

/* Fills out with a patch: 1, or 0 if none of 50 attempts is accepted. */
int cli_cut_try(struct seg_record *out, const struct cli_cut *c);

/* Warns, once, that a record has no suitable patch. */
void cli_cut_warn(const struct seg_record *rec);

/* Fills out with patch number `draw` of an input without objects.  If an item
   has no patch that s accepts, the next one is taken and a warning is printed.
   Exits if no item has one. */
void cli_draw_patch(struct seg_record *out, struct cli_draws *d,
    struct cli_intensities *whole, const struct seg_sample *s, uint64_t draw,
    int views);

/* Fills out with the patch of c->rec at win.  Returns 1 if c->s accepts it. */
int cli_cut_patch(struct seg_record *out, const struct cli_cut *c,
    const struct seg_window *win);

#endif
