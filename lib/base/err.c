#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "lib/base/err.h"
#include "lib/base/sanitize.h"

int
seg_fail(struct seg_err *e, int kind, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    e->kind = kind;
    vsnprintf(e->text, sizeof e->text, fmt, args);
    va_end(args);
    /* File names and keys come from outside; keep the message on one line. */
    seg_sanitize(e->text, "");
    return -1;
}

int
seg_errno_kind(int kind)
{
    return errno == ENOMEM ? SEG_EMEM : kind;
}
