/* The normalization of a new model, from options of seg-init. */
#ifndef SEG_CMD_TRAIN_NORMALIZE_H
#define SEG_CMD_TRAIN_NORMALIZE_H

#include "formats/stream/model.h"

/* The values of the options. */
struct cli_normalize {
    int kind;                      /* enum seg_normalize_kind */
    double clip;                   /* percent to clip at each end; 0: off */
    const char *mean, *std, *stat; /* two lists, a table of seg-stat */
};

/* Fills m->normalize, memory from arena; exits if the options do not fit the
   network or each other. */
void cli_normalize(struct seg_model *m, struct seg_arena *arena,
    const struct cli_normalize *o);

#endif
