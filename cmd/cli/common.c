/* The running program and the values of its common options. */
#include "cmd/cli/internal.h"

const struct cli_program *cli_program;
struct cli_common cli;
