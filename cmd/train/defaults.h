/*
 * Settings that depend on the task.
 *
 * Without clipping, a few steps with a large gradient can spoil trained weights
 * for the rest of the training.
 */
#ifndef SEG_CMD_TRAIN_DEFAULTS_H
#define SEG_CMD_TRAIN_DEFAULTS_H

#include "cmd/train/training.h"

/*
 * Sets optimizer, lr, clip and warmup of cli_training_opts where no option
 * gave them; writes all four into t->settings.  Writes into t->origin where the
 * weights come from: "random weights", "the weights of resnet18.pth".
 */
void cli_training_defaults(struct cli_training *t);

#endif
