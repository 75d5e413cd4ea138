/* Warns if the values of images are far from those the model expects. */
#ifndef SEG_CMD_CLI_UNITS_H
#define SEG_CMD_CLI_UNITS_H

#include "lib/dataset/normalize.h"

/* Warns once if the image of a record is many standard deviations of q from the
   mean of q, for example 16-bit images for a model of 8-bit images.  Images are
   checked until one decides.  name: of the record, for the message. */
void cli_warn_units(const struct seg_normalize *q, const struct seg_record *rec,
    const char *name);

#endif
