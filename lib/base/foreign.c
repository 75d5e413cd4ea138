#include <errno.h>
#include <stdlib.h>

#include "lib/base/foreign.h"

/*
 * The struct that this thread entered.  It is the only global state in lib: the
 * library calls the replacements without a pointer of ours.
 */
static _Thread_local struct seg_foreign *entered;

void
seg_foreign_enter(struct seg_foreign *f)
{
    entered = f;
    errno = 0;
}

int
seg_foreign_leave(void)
{
    entered = NULL;
    return errno == ENOMEM;
}

void *
seg_foreign_resize(void *old, size_t n)
{
    struct seg_foreign *f = entered;
    void *p = realloc(old, n ? n : 1);

    if (p || !f)
        return p;
    entered = NULL;
    longjmp(f->back, 1);
}

void
seg_foreign_free(void *p)
{
    free(p);
}
