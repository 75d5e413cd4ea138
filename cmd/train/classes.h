/*
 * The classes of a training: named by the input, named by the initial model,
 * and found in the labels.
 */
#ifndef SEG_CMD_TRAIN_CLASSES_H
#define SEG_CMD_TRAIN_CLASSES_H

#include "cmd/train/training.h"

/*
 * Returns the number of classes: `given` (--classes), or that of the input if
 * given is 0.  Sets *ignore and copies names and colors to the model.
 */
int cli_training_classes(struct cli_training *t, int given, int *ignore);

/* In place of cli_training_classes for a training that reads no labels: the
   model gets no class names. */
void cli_training_unlabeled(struct cli_training *t);

/* Classes of the network's classifier; 0 if its head is not one. */
int cli_training_head_classes(const struct seg_net *net);

/*
 * True if the model's own head can be kept: a classifier with that many
 * classes.  Exits if the input names other classes than the model.  If the
 * input names none, the model keeps its names.
 */
int cli_training_keeps_head(struct cli_training *t, int classes);

/* Called at the end: warns of classes that no label contained; exits if all
   pixels were ignored. */
void cli_training_check_labels(const struct cli_training *t);

/* Warns after a few steps if all pixels were ignored so far. */
void cli_training_warn_labels(const struct cli_training *t);

#endif
