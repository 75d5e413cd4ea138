/* Images whose values are of other units than the model expects. */
#ifndef SEG_CMD_CLI_UNITS_H
#define SEG_CMD_CLI_UNITS_H

#include "lib/dataset/normalize.h"

/* A warning, once, if the image of a record is far from the mean and deviation
   of q.  Images are looked at until one can tell.  where is for the message. */
void cli_warn_units(const struct seg_normalize *q, const struct seg_record *rec,
    const char *where);

#endif
