/* The input of seg-sample: classes to draw from, and images that are smaller
   than a patch. */
#ifndef SEG_CMD_SAMPLE_DRAW_H
#define SEG_CMD_SAMPLE_DRAW_H

#include "formats/stream/stream.h"
#include "lib/dataset/balance.h"
#include "lib/dataset/sample.h"

/* Which classes are in which of n items: one more pass over the labels.  Exits
   where items have different classes.  Memory from a. */
void cli_learn_classes(
    struct seg_balance *b, struct seg_reader *in, int n, struct seg_arena *a);

/* A warning, once, of a patch that is mostly padding, its image being
   smaller. */
void cli_warn_padding(const struct seg_record *image,
    const struct seg_window *win, const struct seg_sample *s);

#endif
