/* A second output, a text file; with path NULL nothing is done. */
#ifndef SEG_CMD_CLI_SIDE_OUTPUT_H
#define SEG_CMD_CLI_SIDE_OUTPUT_H

#include <stdio.h>

struct cli_out;

struct cli_side_output {
    FILE *f; /* NULL: no file */
    const char *path;
    struct cli_out *out;
};

struct cli_side_output cli_side_output_open(const char *path);
/* Closes the file, which appears only now; exits on failure. */
void cli_side_output_close(struct cli_side_output *a);

#endif
