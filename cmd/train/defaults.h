/*
 * Settings that depend on where the weights of the model come from.
 *
 * Without clipping, a few steps with a large gradient can spoil trained weights
 * for the rest of the training.
 */
#ifndef SEG_CMD_TRAIN_DEFAULTS_H
#define SEG_CMD_TRAIN_DEFAULTS_H

#include "cmd/train/training.h"

/* Says in text where the weights of a model come from, by the history of its
   stream: "random weights", "the weights of resnet18.pth".  Returns 1 if they
   were trained.  0 if they are random, or random before seg-pretrain: a
   comparison with and without seg-pretrain has the same settings. */
int cli_origin(char *text, size_t size, const char *history);

/*
 * Sets optimizer, lr, clip and warmup of cli_training_opts where no option
 * gave them.  Writes the origin into t->origin and all four into t->settings.
 */
void cli_training_defaults(struct cli_training *t);

#endif
