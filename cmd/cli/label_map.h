/* The label map that -m names. */
#ifndef SEG_CMD_CLI_LABEL_MAP_H
#define SEG_CMD_CLI_LABEL_MAP_H

#include "lib/dataset/labelmap.h"

/* One that is built in (lib/dataset/palette.h), or a file; "./voc" is always
   one.  Exits if it cannot be read. */
void cli_map(struct seg_labelmap *m, struct seg_arena *a, const char *name);

/* Tells which of several values the way back writes for a class. */
void cli_map_note(const struct seg_labelmap *m, const char *name);

#endif
