/* The weights of classes in the loss, from a table of seg-stat. */
#ifndef SEG_CMD_TRAIN_CLASS_WEIGHTS_H
#define SEG_CMD_TRAIN_CLASS_WEIGHTS_H

#include "cmd/train/training.h"

enum cli_weights {
    CLI_WEIGHTS_NONE,
    CLI_WEIGHTS_INVERSE,
    CLI_WEIGHTS_MEDIAN,
    CLI_WEIGHTS_EFFECTIVE
};
extern const char *const cli_class_weights_names[];

/* A weight for each class of the planned training, in its arena; NULL for
   CLI_WEIGHTS_NONE.  stat is the path of the table, or NULL.  Exits if it is
   missing or has other classes. */
const float *cli_class_weights(
    struct cli_training *t, enum cli_weights kind, const char *stat);

#endif
