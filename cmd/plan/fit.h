/* Which architecture the weights of a file belong to. */
#ifndef SEG_CMD_PLAN_FIT_H
#define SEG_CMD_PLAN_FIT_H

#include "cmd/cli/cli.h"

struct cli_fit {
    const char *arch;   /* in lib/zoo, for example resnet18-hypercolumn */
    const char *prefix; /* for seg-init --add-prefix; "": none */
    int loaded;         /* weights that the file has */
};

/*
 * Finds the architecture with hypercolumns that takes the most weights of the
 * file, by name and shape.  Exits if there is none, or if it would take less
 * than half of them.
 */
void cli_fit(struct cli_fit *fit, const char *path);

#endif
