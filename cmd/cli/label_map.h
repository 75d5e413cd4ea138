/* The label map of --map. */
#ifndef SEG_CMD_CLI_LABEL_MAP_H
#define SEG_CMD_CLI_LABEL_MAP_H

#include "lib/label/labelmap.h"

/* Reads a built-in map (lib/label/palette.h) or a file: "voc" is built in,
   "./voc" is a file.  Exits on failure. */
void cli_map_read(
    struct seg_labelmap *m, struct seg_arena *a, const char *name);

/* Prints the value that export writes for a class of several values. */
void cli_map_note(const struct seg_labelmap *m, const char *name);

#endif
