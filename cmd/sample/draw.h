/* Helpers of seg-sample: the classes of each item, for --balance, and a warning
   about images that are smaller than a patch. */
#ifndef SEG_CMD_SAMPLE_DRAW_H
#define SEG_CMD_SAMPLE_DRAW_H

#include "formats/stream/stream.h"
#include "lib/dataset/balance.h"
#include "lib/dataset/sample.h"

/* Fills b with the classes that occur in each of n items, in one pass over the
   labels.  Exits if two items have different classes.  Memory from a. */
void cli_learn_classes(
    struct seg_balance *b, struct seg_reader *in, int n, struct seg_arena *a);

/* Warns, once, of a patch of which three quarters or more lie outside its
   image. */
void cli_warn_padding(const struct seg_record *image,
    const struct seg_window *win, const struct seg_sample *s);

#endif
