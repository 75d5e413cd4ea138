/*
 * Errors: one struct with the kind and a message of one line.
 *
 * A function that can fail returns -1 and fills the caller's struct seg_err;
 * readers return 1 for a record, 0 at the end and -1 for an error.  The kind is
 * the exit status of a program that stops because of the error (sysexits(3)).
 * The message is written by the function that knows the facts: file, key,
 * tensor, value seen and value expected; in lower case, without newline or full
 * stop.  Callers pass it on unchanged.  For example: "train.tsv:14: value 300
 * is not 0 to 255".
 */
#ifndef SEG_BASE_ERR_H
#define SEG_BASE_ERR_H

enum {
    SEG_EUSAGE = 64,   /* usage error */
    SEG_EDATA = 65,    /* bad data */
    SEG_ENOINPUT = 66, /* no such input */
    SEG_EMISSING = 69, /* a program that we call is not installed */
    SEG_ESOFT = 70,    /* internal error */
    SEG_EMEM = 71,     /* out of memory, or over --mem-limit */
    SEG_ECREATE = 73,  /* cannot create an output */
    SEG_EIO = 74,      /* reading or writing failed */
    SEG_ETEMP = 75     /* stopped; can be resumed from a checkpoint */
};

struct seg_err {
    int kind;
    char text[1000];
};

#define SEG_MUST_USE          __attribute__((warn_unused_result))
#define SEG_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Fills e and returns -1, so that a caller can write return seg_fail(...). */
int seg_fail(struct seg_err *e, int kind, const char *fmt, ...)
    SEG_PRINTF(3, 4);

/* SEG_EMEM if errno says out of memory, otherwise kind.  For system calls that
   open, map or list files. */
int seg_errno_kind(int kind);

#endif
