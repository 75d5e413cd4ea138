/* A file of its own for a test: made by scratch_file(), gone when it exits. */
#ifndef SEG_TESTS_UNIT_SCRATCH_H
#define SEG_TESTS_UNIT_SCRATCH_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[PATH_MAX];

static void
scratch_unlink(void)
{
    unlink(path);
}

/* Empty, in $TMPDIR or /tmp; its name is in path. */
static void
scratch_file(void)
{
    const char *dir = getenv("TMPDIR");

    snprintf(path, sizeof path, "%s/seg-test-XXXXXX", dir ? dir : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0) {
        perror(path);
        exit(1);
    }
    close(fd);
    atexit(scratch_unlink);
}

#endif
