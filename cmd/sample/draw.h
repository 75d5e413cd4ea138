/* Helpers of seg-sample: the classes of each item, for --balance, and output of a
   patch. */
#ifndef SEG_CMD_SAMPLE_DRAW_H
#define SEG_CMD_SAMPLE_DRAW_H

#include "formats/stream/stream.h"
#include "lib/dataset/balance.h"
#include "lib/dataset/sample.h"

/* Fills b with the classes that occur in each of n items, in one pass over the
   labels.  Exits if two items have different classes.  Memory from a. */
void cli_learn_classes(
    struct seg_balance *b, struct seg_reader *in, int n, struct seg_arena *a);

/* Cuts a patch out of in and writes it, with its number in seg.draw.  Warns,
   once, of a patch of which three quarters or more lie outside its image. */
void cli_put_patch(struct seg_writer *w, struct seg_record *out,
    const struct seg_record *in, const struct seg_window *win,
    const struct seg_sample *s, uint64_t draw);

#endif
