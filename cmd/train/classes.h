/*
 * The classes of a training: those of its input, of the model that it starts
 * from, and of the labels that were seen.
 */
#ifndef SEG_CMD_TRAIN_CLASSES_H
#define SEG_CMD_TRAIN_CLASSES_H

#include "cmd/train/training.h"

/*
 * Number of classes and ignore value: those of the input, or `said` classes if
 * that is not 0.  The model takes over names and colors.
 */
int cli_training_classes(struct cli_training *t, int said, int *ignore);

/*
 * 1 if the model's own head can go on: a classifier of so many classes.  Exits
 * if the input names other classes than the model.  If the input names none,
 * the model keeps its names.
 */
int training_keeps_head(struct cli_training *t, int classes);

/* A warning of the classes that no label contained; exits if no pixel counted.
   At the end of the run. */
void training_check_labels(const struct cli_training *t);

/* A warning once, after a few steps in which no pixel counted. */
void training_warn_labels(const struct cli_training *t);

#endif
