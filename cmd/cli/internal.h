/* What the files behind cmd/cli/cli.h share among themselves. */
#ifndef SEG_CMD_CLI_INTERNAL_H
#define SEG_CMD_CLI_INTERNAL_H

#include "cmd/cli/cli.h"

enum { CLI_MAX_OPTIONS = 64 };

/* The program that runs; set by cli_parse. */
extern const struct cli_program *cli_program;

/* On stdout: --help, and the table as TSV for --options. */
void cli_print_help(const struct cli_program *p);
void cli_print_table(const struct cli_program *p);

/* The one of names, NULL at their end, that was probably meant by word: a part
   of it, short for it, or at most two letters apart.  NULL: none. */
const char *cli_nearest(const char *word, const char *const *names);

/* Exits where an output cannot be written, is two outputs, or is an input that
   would be lost.  Operands begin at argv[first]. */
void cli_check_paths(
    const struct cli_program *p, int argc, char **argv, int first);

/* Stands in front of every message: clears a bar that is on the line. */
const char *cli_line_start(void);

/* Before anything is opened: descriptors 0 to 2 are there, or fail when
   used. */
void cli_guard_descriptors(void);

/* Flushes and closes stdout; exits with 74 if anything of it was lost. */
void cli_close_stdout(void);

/* Removes outputs that are not complete; async-signal-safe. */
void cli_remove_unfinished(void);

/* Makes the team of cli.threads threads, or as many as can be made, and says
   how many in cli.threads. */
void cli_start_threads(void);

#endif
