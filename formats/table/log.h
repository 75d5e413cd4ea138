/* The log of a training: a table with the columns step and seconds. */
#ifndef SEG_FORMATS_TABLE_LOG_H
#define SEG_FORMATS_TABLE_LOG_H

#include "formats/table/tsv.h"

/*
 * The time of all steps, estimated as steps * median: hours during which the
 * machine was busy or the training was stopped do not count.  The median of an
 * even number is the lower one.  Fails if there is no step.
 */
int seg_log_seconds(double *seconds, const struct seg_tsv *log,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

#endif
