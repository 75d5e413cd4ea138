/*
 * The classes of a training: those of the input, of the model it starts from
 * and of what it is validated with; and the labels that were seen.
 */
#ifndef SEG_CMD_TRAIN_CLASSES_H
#define SEG_CMD_TRAIN_CLASSES_H

#include "cmd/train/training.h"

/*
 * Number of classes and ignore value: what the input says, or `said` classes if
 * that is not 0.  The model takes over names and colors.
 */
int training_classes(struct training *t, int said, int *ignore);

/*
 * Whether the model's own head can go on: a classifier of so many classes.
 * Exits where it is one of other classes than the input names.  Where the
 * input names none, the model keeps its names.
 */
int training_keeps_head(struct training *t, int classes);

/* A warning of the classes that no label contained; exits if no pixel counted.
   At the end of the run. */
void training_check_labels(const struct training *t);

/* A warning once, after a few steps in which no pixel counted. */
void training_warn_labels(const struct training *t);

#endif
