/*
 * Handles read errors of inputs that are mapped into memory.
 *
 * If another program cuts the file, or the disk fails, reading the mapped bytes
 * raises SIGBUS.  The program then prints one line that names the
 * input, removes its unfinished outputs and exits with 74 (SEG_EIO).
 */
#ifndef SEG_CMD_CLI_MAPPED_H
#define SEG_CMD_CLI_MAPPED_H

#include "formats/stream/stream.h"

/* Watches r until cli_mapped_remove, which comes before seg_reader_close. */
void cli_mapped_add(struct seg_reader *r);
void cli_mapped_remove(struct seg_reader *r);

#endif
