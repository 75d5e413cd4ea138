#define _GNU_SOURCE /* O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cli/temp.h"

enum { LINKS = 40, TRIES = 100, DESCRIPTOR = 40 };

static int
fail(int error)
{
    errno = error;
    return -1;
}

/* The length of the directory part of path, with its slash. */
static int
directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (int)(slash - path) + 1 : 0;
}

int
cli_resolve(char target[PATH_MAX], const char *path)
{
    char link[PATH_MAX], joined[PATH_MAX];
    ssize_t n;

    if (strlen(path) >= PATH_MAX)
        return fail(ENAMETOOLONG);
    strcpy(target, path);
    for (int i = 0; (n = readlink(target, link, PATH_MAX - 1)) >= 0; i++) {
        if (i == LINKS)
            return fail(ELOOP);
        link[n] = 0;
        int dir = *link == '/' ? 0 : directory_length(target);
        if (dir + n >= PATH_MAX)
            return fail(ENAMETOOLONG);
        memcpy(joined, target, (size_t)dir);
        memcpy(joined + dir, link, (size_t)n + 1);
        strcpy(target, joined);
    }
    return 0;
}

void
cli_directory(char dir[PATH_MAX], const char *path)
{
    int n = directory_length(path);

    if (n)
        snprintf(dir, PATH_MAX, "%.*s", n, path);
    else
        strcpy(dir, "./");
}

/* Draws a random temporary name in the directory of the target. */
static int
draw_name(struct cli_temp *t)
{
    uint64_t number;
    int dir = directory_length(t->path);

    if (getrandom(&number, sizeof number, 0) != sizeof number)
        return -1;
    int n = snprintf(t->name, sizeof t->name, "%.*s.seg-%016" PRIx64 ".tmp",
        dir, t->path, number);
    return n < (int)sizeof t->name ? 0 : fail(ENAMETOOLONG);
}

static void
spell_descriptor(char text[DESCRIPTOR], int fd)
{
    snprintf(text, DESCRIPTOR, "/proc/self/fd/%d", fd);
}

/* -1 if the file system cannot do this, or could not name the file later. */
static int
open_nameless(const char *path)
{
    char dir[PATH_MAX], descriptor[DESCRIPTOR];

    cli_directory(dir, path);
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    if (fd < 0)
        return -1;
    spell_descriptor(descriptor, fd);
    if (!access(descriptor, F_OK))
        return fd;
    close(fd);
    return -1;
}

static int
open_named(struct cli_temp *t, mode_t mode)
{
    int fd = -1;

    for (int i = 0; fd < 0 && i < TRIES; i++) {
        if (draw_name(t))
            break;
        fd = open(t->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0)
        t->name[0] = 0;
    return fd;
}

/* Copies the permissions of the replaced file; group permissions only if the
   group can be copied too. */
static int
copy_mode(int fd, const struct stat *old)
{
    mode_t mode = old->st_mode & 0777;

    if (fchown(fd, (uid_t)-1, old->st_gid))
        mode &= (mode_t)~070;
    return fchmod(fd, mode);
}

int
cli_temp_open(struct cli_temp *t, const char *path, int named)
{
    struct stat old;
    int there = !stat(path, &old);

    t->name[0] = 0;
    if (strlen(path) >= sizeof t->path)
        return fail(ENAMETOOLONG);
    strcpy(t->path, path);
    int fd = named ? -1 : open_nameless(path);
    if (fd < 0)
        fd = open_named(t, there ? 0600 : 0666);
    if (fd >= 0 && there && copy_mode(fd, &old)) {
        int error = errno;
        unlink(t->name);
        t->name[0] = 0;
        close(fd);
        return fail(error);
    }
    return fd;
}

/* Gives a file without name that of the target; if a target exists, a random
   one, because only a file with a name can replace another. */
static int
give_name(struct cli_temp *t, int fd)
{
    char descriptor[DESCRIPTOR];

    spell_descriptor(descriptor, fd);
    if (!linkat(AT_FDCWD, descriptor, AT_FDCWD, t->path, AT_SYMLINK_FOLLOW))
        return 0;
    for (int i = 0; errno == EEXIST && i < TRIES; i++) {
        if (draw_name(t))
            break;
        if (!linkat(AT_FDCWD, descriptor, AT_FDCWD, t->name, AT_SYMLINK_FOLLOW))
            return 0;
    }
    t->name[0] = 0;
    return -1;
}

int
cli_temp_publish(struct cli_temp *t, int fd)
{
    if (!t->name[0] && give_name(t, fd))
        return -1;
    if (t->name[0] && rename(t->name, t->path))
        return -1;
    t->name[0] = 0;
    return 0;
}

int
cli_temp_settle(const struct cli_temp *t)
{
    char dir[PATH_MAX];

    cli_directory(dir, t->path);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) /* a directory may be written without being read */
        return errno == EACCES ? 0 : -1;
    int status = fsync(fd), error = errno;
    close(fd);
    return status && error != EINVAL ? fail(error) : 0;
}
