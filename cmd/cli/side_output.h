/* A text file beside the one on stdout; nothing at all where path is NULL. */
#ifndef SEG_CMD_CLI_SIDE_OUTPUT_H
#define SEG_CMD_CLI_SIDE_OUTPUT_H

#include <stdio.h>

struct cli_out;

struct cli_side_output {
    FILE *f; /* NULL: not wanted */
    const char *path;
    struct cli_out *out;
};

struct cli_side_output cli_side_output_open(const char *path);
/* Checked; the file appears only now. */
void cli_side_output_close(struct cli_side_output *a);

#endif
