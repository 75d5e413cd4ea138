/* Checks output files before the work starts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cli/internal.h"
#include "cmd/cli/temp.h"

/* The path in an option; NULL: none, or stdout. */
static const char *
path_of(const struct cli_option *o)
{
    const char *path = o->type == CLI_TEXT ? *(const char **)o->target : NULL;

    return path && *path && strcmp(path, "-") ? path : NULL;
}

static const char *
last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* True if both paths are one file, which need not exist yet.  Devices such as
   /dev/null may be used several times. */
static int
same_file(const char *a, const char *b)
{
    char at[2][PATH_MAX], dir[2][PATH_MAX];
    struct stat s[2];
    int there = !stat(a, &s[0]);

    if (there != !stat(b, &s[1]))
        return 0;
    if (!there) {
        if (cli_resolve(at[0], a) || cli_resolve(at[1], b) ||
            strcmp(last_name(at[0]), last_name(at[1])))
            return 0;
        for (int i = 0; i < 2; i++) {
            cli_directory(dir[i], at[i]);
            if (stat(dir[i], &s[i]))
                return 0;
        }
    } else if (S_ISCHR(s[0].st_mode))
        return 0;
    return s[0].st_dev == s[1].st_dev && s[0].st_ino == s[1].st_ino;
}

/* Exits if path cannot be created: after the work it would be too late. */
static void
check_creatable(const char *path)
{
    char target[PATH_MAX], dir[PATH_MAX];
    struct stat st;
    int bad = cli_resolve(target, path);
    int there = !bad && !stat(target, &st);

    bad |= !there && errno != ENOENT;
    if (there && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        bad = 1;
    } else if (!bad && (!there || S_ISREG(st.st_mode))) {
        cli_directory(dir, target);
        bad = access(dir, W_OK | X_OK);
    }
    if (bad)
        cli_fail(
            SEG_ECREATE, "%.300s: cannot create: %s", path, strerror(errno));
}

static void
refuse_same(
    const char *a, const char *b, const char *a_name, const char *b_name)
{
    if (a && b && same_file(a, b))
        cli_usage("%s and --%s are the same file, %.300s", a_name, b_name, b);
}

static void
check_pair(const struct cli_option *a, const struct cli_option *b)
{
    char name[64];

    snprintf(name, sizeof name, "--%s", a->name);
    refuse_same(path_of(a), path_of(b), name, b->name);
}

static void
check_inputs(const struct cli_program *p, const struct cli_option *o,
    char **operands, int n)
{
    for (int i = 0; i < n; i++)
        refuse_same(operands[i], path_of(o), "the input", o->name);
    for (const struct cli_option *i = p->options; i->name; i++) {
        int may = i->flags & CLI_RENEWED && !strcmp(o->name, "output");

        if (!(i->flags & CLI_WRITES) && !may)
            check_pair(o, i);
    }
}

void
cli_check_paths(const struct cli_program *p, int argc, char **argv, int first)
{
    for (const struct cli_option *o = p->options; o->name; o++) {
        if (!(o->flags & CLI_WRITES) || !path_of(o))
            continue;
        for (const struct cli_option *i = p->options; i < o; i++)
            if (i->flags & CLI_WRITES)
                check_pair(i, o);
        if (o->flags & CLI_FRESH)
            check_inputs(p, o, argv + first, argc - first);
        check_creatable(path_of(o));
    }
}
