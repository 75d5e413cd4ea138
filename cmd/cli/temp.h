/*
 * A file that appears under its name only when it is complete.
 *
 * Where the file system can, the file has no name until then (O_TMPFILE), so
 * that nothing is left of a program that was killed.  Elsewhere it has a random
 * name beside its target, .seg-0123456789abcdef.tmp.  It gets the permissions
 * of the file that it replaces, or those that the umask leaves.
 */
#ifndef SEG_CMD_CLI_TEMP_H
#define SEG_CMD_CLI_TEMP_H

#include <limits.h>

struct cli_temp {
    char path[PATH_MAX]; /* the target */
    char name[PATH_MAX]; /* while there is a file to remove; "": none */
};

/* The file that path means: where a link leads, even to no file.  -1 and errno
   if the name is too long or links go in a circle. */
int cli_resolve(char target[PATH_MAX], const char *path);

/* The directory that path lies in: "a/" of "a/b", "./" of "b". */
void cli_directory(char dir[PATH_MAX], const char *path);

/* A descriptor to write to; -1 and errno.  named: never without a name. */
int cli_temp_open(struct cli_temp *t, const char *path, int named);

/* Puts the file in its place; 0, or -1 and errno. */
int cli_temp_publish(struct cli_temp *t, int fd);

/* Makes the new name last: fsync of the directory.  0, or -1 and errno. */
int cli_temp_settle(const struct cli_temp *t);

#endif
