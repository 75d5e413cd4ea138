/* The comments at the top of a log, which say how the training was started. */
#ifndef SEG_CMD_TRAIN_HEADER_H
#define SEG_CMD_TRAIN_HEADER_H

#include "cmd/train/training.h"

/* Each line begins with "# "; the text is in the arena of t.  Equal trainings
   have equal lines: no date, no host.  Call it after cli_training_plan. */
const char *cli_training_header(struct cli_training *t);

#endif
