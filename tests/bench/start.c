/*
 * Time to start a program: start COMMAND [ARGUMENT...]
 *
 * A program for tests/bench/pair (work start): prints the milliseconds until
 * the command has ended, and at the end its peak RSS.  Its output is discarded.
 */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/serve.h"

extern char **environ;

static void
start(void *command)
{
    char **argv = command;
    posix_spawn_file_actions_t quiet;
    pid_t pid;
    int status;

    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ) ||
        waitpid(pid, &status, 0) < 0 || status)
        bench_die("start: the command failed");
    posix_spawn_file_actions_destroy(&quiet);
}

int
main(int argc, char **argv)
{
    static const struct bench jobs[] = {{"start", start}, {NULL, NULL}};

    if (argc < 2)
        bench_die("usage: start COMMAND [ARGUMENT...]");
    return bench_serve(argv[1], jobs, argv + 1, 0);
}
