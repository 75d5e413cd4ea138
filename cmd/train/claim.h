/*
 * Checks and locks the files of a training before it begins: hours later is too
 * late to find that a directory is missing.
 */
#ifndef SEG_CMD_TRAIN_CLAIM_H
#define SEG_CMD_TRAIN_CLAIM_H

/*
 * Exits with 64 if log or checkpoint is standard output and may not be; with 73
 * if the checkpoint is not a regular file or another training has locked it.
 * The lock is FILE.lock, and ends with the process.  Other checks of output
 * files follow from CLI_WRITES and CLI_FRESH in the option table.
 */
void cli_claim_outputs(void);

/* Removes the lock: the training has ended. */
void cli_claim_release(void);

#endif
