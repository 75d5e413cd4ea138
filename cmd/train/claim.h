/*
 * The files that a training writes, looked at before it begins: hours later is
 * too late to find that a directory is missing.
 */
#ifndef SEG_CMD_TRAIN_CLAIM_H
#define SEG_CMD_TRAIN_CLAIM_H

/*
 * Exits with 64 where the log or the checkpoint is stdout and may not be; with
 * 73 where the checkpoint is no file, or another training holds it.  The lock
 * is FILE.lock beside it, and is gone with the process that holds it.  The
 * option table sees to the rest: CLI_WRITES and CLI_FRESH.
 */
void claim_outputs(void);

/* The training is through, or stopped: the next one may have the checkpoint. */
void claim_release(void);

#endif
