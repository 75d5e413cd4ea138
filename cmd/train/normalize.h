/* What a new model does with pixels before anything else. */
#ifndef SEG_CMD_TRAIN_NORMALIZE_H
#define SEG_CMD_TRAIN_NORMALIZE_H

#include "formats/stream/model.h"

/* The options, as they were given. */
struct cli_normalize {
    int kind;                      /* enum seg_normalize_kind */
    double clip;                   /* percent at either end; 0: nothing */
    const char *mean, *std, *stat; /* lists, and a table of seg-stat's */
};

/* Fills m->normalize, memory from arena; exits where they do not fit. */
void cli_normalize(struct seg_model *m, struct seg_arena *arena,
    const struct cli_normalize *o);

#endif
