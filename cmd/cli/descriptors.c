/* The standard descriptors 0 to 2. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cli/internal.h"

/*
 * If a program is started with stdout closed, the first file it opens would
 * become descriptor 1 and receive its output.  Descriptors that cannot be used
 * prevent that: reading from stdout or writing to stdin fails.
 */
void
cli_guard_descriptors(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
            _exit(SEG_EIO);
}

void
cli_close_stdout(void)
{
    if (ferror(stdout) || fflush(stdout) || close(STDOUT_FILENO))
        cli_fail(SEG_EIO, "stdout: cannot write: %s", strerror(errno));
}
