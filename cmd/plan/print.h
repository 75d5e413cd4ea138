/* Prints a plan as variables of make, each with its reason above it. */
#ifndef SEG_CMD_PLAN_PRINT_H
#define SEG_CMD_PLAN_PRINT_H

#include <stdio.h>

#include "cmd/plan/decide.h"

void cli_plan_print(FILE *out, struct cli_plan *p);

#endif
