/* The tables that seg-net prints. */
#ifndef SEG_CMD_NET_TABLES_H
#define SEG_CMD_NET_TABLES_H

#include <stdio.h>

#include "lib/base/arena.h"

/* The names of all architectures, then NULL; memory from arena. */
const char *const *cli_net_names(struct seg_arena *arena);

/* One line each: name, encoder and decoder. */
void cli_net_print_architectures(FILE *out);

/* Name, formula, inputs and settings of each operator. */
void cli_net_print_operators(FILE *out);

#endif
