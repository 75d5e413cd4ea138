/*
 * The files that a training writes, looked at before it begins: hours later is
 * too late to find that a directory is missing.
 */
#ifndef SEG_CMD_CLAIM_H
#define SEG_CMD_CLAIM_H

/*
 * Exits with 64 where two of -o, --checkpoint and --log are one file, or the
 * log is one of the inputs (input: NULL for stdin); with 73 where -o or the
 * checkpoint cannot be created; and with 73 where another training holds the
 * checkpoint.  The lock is FILE.lock beside it, and is gone with the process
 * that holds it.
 */
void claim_outputs(const char *input);

/* The training is through, or stopped: the next one may have the checkpoint. */
void claim_release(void);

#endif
