/* Functions that the files of cmd/cli use among themselves. */
#ifndef SEG_CMD_CLI_INTERNAL_H
#define SEG_CMD_CLI_INTERNAL_H

#include "cmd/cli/cli.h"

struct cli_temp;

enum { CLI_MAX_OPTIONS = 64, CLI_MAX_OUTPUTS = 16 };

/* The running program; set by cli_parse. */
extern const struct cli_program *cli_program;

/* Print to stdout: --help, and the option table as TSV for --options. */
void cli_print_help(const struct cli_program *p);
void cli_print_table(const struct cli_program *p);

/* Stores the value of an option in its target.  Exits with 64 if it is not
   valid; like: an option that was probably meant instead, or NULL. */
void cli_set_option(
    const struct cli_option *o, const char *value, const char *like);

/* Exits if an output cannot be written, if two outputs are one file, or if an
   output would replace an input.  Operands begin at argv[first]. */
void cli_check_paths(
    const struct cli_program *p, int argc, char **argv, int first);

/* The line of history of this command, see cli_own_history: begin, then options
   and operands in their order, then end.  The line may be cut, never lost. */
void cli_history_begin(const char *program);
void cli_history_option(const struct cli_option *o, const char *value);
void cli_history_word(const char *word);
void cli_history_end(void);

/* Adds the history of an input, unless it is there already. */
void cli_history_inherit(const char *history);
/* The history for the output stream: inputs first, then this command. */
const char *cli_whole_history(void);

/* The hint that a message of lib or formats needs, for example "; --rgb writes
   colors"; "": none. */
const char *cli_hint(const char *message);

/* The beginning of every message: clears a progress bar on the terminal. */
const char *cli_line_start(void);

/* To be called before any file is opened: opens closed descriptors 0 to 2 such
   that using them fails. */
void cli_guard_descriptors(void);

/* Flushes and closes stdout; exits with 74 if output was lost. */
void cli_close_stdout(void);

/* Has t removed at the end of the program, or by a signal, while it has a name
   that is not yet that of the output. */
void cli_remove_if_unfinished(struct cli_temp *t);

/* Removes incomplete outputs now; async-signal-safe. */
void cli_remove_unfinished(void);

/* Starts cli.threads threads, or as many as possible, and stores their number
   in cli.threads. */
void cli_start_threads(void);

#endif
