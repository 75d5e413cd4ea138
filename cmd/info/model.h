/* What seg-info prints about a model. */
#ifndef SEG_CMD_INFO_MODEL_H
#define SEG_CMD_INFO_MODEL_H

#include <stdio.h>

#include "lib/tensor/record.h"

/* Prints the size of the network, and unless size[0] is 0 the memory that it
   needs for a batch of images of size[0] x size[1] pixels.  name is that of the
   file, for messages. */
void cli_info_model(FILE *f, const struct seg_record *rec, const char *name,
    const int size[2], int batch);

#endif
