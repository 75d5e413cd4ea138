#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/cli/cli.h"
#include "cmd/export/key_path.h"

/* Keys come from untrusted data: they must not leave dir. */
static int
is_safe(const char *key)
{
    for (const char *p = key;; p++) {
        size_t n = strcspn(p, "/");

        if (n == 0 || (n == 1 && p[0] == '.') ||
            (n == 2 && p[0] == '.' && p[1] == '.'))
            return 0;
        p += n;
        if (!*p)
            return 1;
    }
}

/* Creates the directories of path, which is modified and restored. */
static int
make_directories(char *path, struct seg_err *e)
{
    for (char *p = path + 1; (p = strchr(p, '/')); p++) {
        *p = 0;
        int bad = mkdir(path, 0777) && errno != EEXIST;
        if (bad)
            return seg_fail(
                e, SEG_ECREATE, "%s: cannot create: %s", path, strerror(errno));
        *p = '/';
    }
    return 0;
}

const char *
cli_key_file(struct cli_key_files *items, struct seg_arena *a, const char *key,
    const char *suffix)
{
    struct seg_err e;
    uint64_t before;

    if (!is_safe(key))
        cli_fail(SEG_EDATA, "key '%s' cannot name a file", key);
    cli_check(seg_key_counter_add(&items->keys, key, &before, &e), &e);
    if (before)
        cli_fail(SEG_EDATA, "%s: two records have this key", key);
    char *path =
        cli_need(seg_take_text(a, &e, "%s/%s%s", items->dir, key, suffix), &e);
    cli_check(make_directories(path, &e), &e);
    return path;
}

const char *
cli_key_path(
    struct cli_key_files *items, struct seg_record *rec, const char *suffix)
{
    return cli_key_file(items, &rec->arena, seg_record_key(rec), suffix);
}

void
cli_key_files_free(struct cli_key_files *items)
{
    seg_key_counter_free(&items->keys);
}
