/* The tables that seg-net prints. */
#ifndef CMD_NET_TABLES_H
#define CMD_NET_TABLES_H

#include <stdio.h>

#include "lib/base/arena.h"

/* The names of all architectures, then NULL; memory from arena. */
const char *const *net_names(struct seg_arena *arena);

/* One line each: name, encoder and decoder. */
void net_print_architectures(FILE *out);

/* Name, formula, inputs and settings of each operator. */
void net_print_operators(FILE *out);

#endif
