/*
 * What went wrong, once, in one line.
 *
 * A function that can fail returns -1 and fills the caller's struct seg_err;
 * readers return 1 for a record, 0 for the end, -1 for an error.  The kind is
 * the exit status of a program that stops because of it (sysexits(3)).  The
 * text is written where the facts are known: file, key, tensor, value seen and
 * value expected; lower case, no newline, no full stop.  Nobody adds to it on
 * its way up.
 */
#ifndef SEG_BASE_ERR_H
#define SEG_BASE_ERR_H

enum {
    SEG_EUSAGE = 64,   /* called wrongly */
    SEG_EDATA = 65,    /* bad data */
    SEG_ENOINPUT = 66, /* no such input */
    SEG_EMISSING = 69, /* a program that we run is not installed */
    SEG_ESOFT = 70,    /* our own mistake */
    SEG_EMEM = 71,     /* out of memory, or over --mem-limit */
    SEG_ECREATE = 73,  /* cannot create an output */
    SEG_EIO = 74,      /* reading or writing failed */
    SEG_ETEMP = 75     /* stopped, and can go on from a checkpoint */
};

struct seg_err {
    int kind;
    char text[1000];
};

#define SEG_MUST_USE          __attribute__((warn_unused_result))
#define SEG_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Fills e and returns -1, so that a caller may return the call itself. */
int seg_fail(struct seg_err *e, int kind, const char *fmt, ...)
    SEG_PRINTF(3, 4);

/* SEG_EMEM if errno says that memory was lacking, else kind: for what the
   system could not open, map or list. */
int seg_errno_kind(int kind);

#endif
