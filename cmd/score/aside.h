/* A text file beside the one on stdout; nothing at all where path is NULL. */
#ifndef SEG_CMD_ASIDE_H
#define SEG_CMD_ASIDE_H

#include <stdio.h>

struct cli_out;

struct cli_aside {
    FILE *f; /* NULL: not wanted */
    const char *path;
    struct cli_out *out;
};

struct cli_aside cli_aside_open(const char *path);
/* Checked; the file appears only now. */
void cli_aside_close(struct cli_aside *a);

#endif
