/*
 * A file that appears under its name only when it is complete.
 *
 * If the file system supports it, the file has no name until then (O_TMPFILE),
 * so that a killed program leaves nothing.  If not, it has a random name in the
 * directory of its target, for example .seg-0123456789abcdef.tmp.  It gets the
 * permissions of the file that it replaces, or those of the umask.
 */
#ifndef SEG_CMD_CLI_TEMP_H
#define SEG_CMD_CLI_TEMP_H

#include <limits.h>

struct cli_temp {
    char path[PATH_MAX]; /* the target */
    char name[PATH_MAX]; /* the temporary name; "": no file to remove */
};

/* The path after following links, even if the last one leads to no file.  -1
   and errno if it is too long or the links form a circle. */
int cli_resolve(char target[PATH_MAX], const char *path);

/* The directory of path: "a/" of "a/b", "./" of "b". */
void cli_directory(char dir[PATH_MAX], const char *path);

/* Returns a descriptor to write to; -1 and errno.  named: give it a temporary
   name even if it could do without. */
int cli_temp_open(struct cli_temp *t, const char *path, int named);

/* Moves the file to its target; 0, or -1 and errno. */
int cli_temp_publish(struct cli_temp *t, int fd);

/* Makes the new name durable: fsync of the directory.  0, or -1 and errno. */
int cli_temp_settle(const struct cli_temp *t);

#endif
