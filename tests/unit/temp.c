/* Files that appear when they are complete, with a name before that and
   without; the contents of their directory meanwhile. */
#define _GNU_SOURCE /* O_TMPFILE */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/cli/temp.h"
#include "tests/unit/tap.h"

static void
put(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (fd < 0 || write(fd, text, strlen(text)) < 0 || fchmod(fd, mode) ||
        close(fd))
        exit(2);
}

static int
holds(const char *path, const char *text)
{
    char seen[100];
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, seen, sizeof seen - 1);

    if (fd >= 0)
        close(fd);
    seen[n < 0 ? 0 : n] = 0;
    return n >= 0 && !strcmp(seen, text);
}

static int
mode_of(const char *path)
{
    struct stat st;

    return stat(path, &st) ? -1 : (int)(st.st_mode & 0777);
}

/* Files in the working directory. */
static int
count(void)
{
    DIR *dir = opendir(".");
    int n = 0;

    while (dir && readdir(dir))
        n++;
    closedir(dir);
    return n - 2;
}

/* Removes the entries of a directory and of those in it. */
static void
empty(const char *path)
{
    char name[PATH_MAX];
    DIR *dir = opendir(path);

    for (const struct dirent *d; dir && (d = readdir(dir));) {
        if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
            continue;
        snprintf(name, sizeof name, "%.2000s/%.2000s", path, d->d_name);
        if (unlink(name)) {
            empty(name);
            rmdir(name);
        }
    }
    closedir(dir);
}

static int
publish(struct cli_temp *t, int fd, const char *text)
{
    return write(fd, text, strlen(text)) < 0 || cli_temp_publish(t, fd) ||
           close(fd) || cli_temp_settle(t);
}

static void
test_places(int named)
{
    const char *way = named ? "named" : "nameless";
    struct cli_temp t;
    int before = count();
    int fd = cli_temp_open(&t, "new", named);

    ok(fd >= 0 && access("new", F_OK), "%s: not there before its end", way);
    ok(!publish(&t, fd, "one") && holds("new", "one") && count() == before + 1,
        "%s: alone and whole at its end", way);
    ok(mode_of("new") == 0640, "%s: as the umask says", way);
    put("old", "old", 0600);
    fd = cli_temp_open(&t, "old", named);
    ok(fd >= 0 && holds("old", "old"), "%s: the old file stays meanwhile", way);
    ok(!publish(&t, fd, "two") && holds("old", "two"), "%s: and is replaced",
        way);
    ok(mode_of("old") == 0600, "%s: with its permissions", way);
    fd = cli_temp_open(&t, "late", named);
    put("late", "someone else's", 0666);
    ok(!publish(&t, fd, "three") && holds("late", "three"),
        "%s: a file that came meanwhile is replaced too", way);
    ok(count() == before + 3 && !t.name[0], "%s: nothing else is left", way);
    ok(cli_temp_open(&t, "no/where", named) < 0 && !t.name[0],
        "%s: not without a directory", way);
    unlink("new");
    unlink("old");
    unlink("late");
}

/* The child is killed with its file begun. */
static void
test_killed(int named)
{
    int before = count(), status;
    pid_t child = fork();

    if (!child) {
        struct cli_temp t;
        int fd = cli_temp_open(&t, "victim", named);

        if (fd < 0 || write(fd, "x", 1) != 1)
            _exit(1);
        kill(getpid(), SIGKILL);
    }
    waitpid(child, &status, 0);
    ok(WIFSIGNALED(status) && count() == before + named,
        "killed: %d files are left", named);
}

static void
test_links(void)
{
    char target[PATH_MAX], dir[PATH_MAX];

    mkdir("sub", 0777);
    ok(!symlink("sub/far", "near") && !cli_resolve(target, "near") &&
            !strcmp(target, "sub/far"),
        "a link to no file");
    ok(!symlink("../near", "sub/back") && !cli_resolve(target, "sub/back") &&
            !strcmp(target, "sub/../sub/far"),
        "a link to a link, meant from where it lies");
    ok(!symlink("round", "round") && cli_resolve(target, "round"),
        "a link to itself");
    cli_directory(dir, "a");
    ok(!strcmp(dir, "./"), "the directory of a name alone");
    cli_directory(dir, "/a");
    ok(!strcmp(dir, "/"), "and of one in the root");
}

int
main(void)
{
    char dir[] = "/tmp/seg-temp-XXXXXX";

    if (!mkdtemp(dir) || chdir(dir))
        return 2;
    umask(027);
    test_places(1);
    test_places(0);
    test_killed(1);
    int fd = open(".", O_TMPFILE | O_RDWR, 0600);
    if (fd >= 0) {
        close(fd);
        test_killed(0);
    }
    test_links();
    empty(".");
    if (chdir("/") || rmdir(dir))
        return 2;
    return done();
}
