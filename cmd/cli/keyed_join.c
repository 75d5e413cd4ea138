#include "cmd/cli/keyed_join.h"
#include "cmd/cli/cli.h"

void
cli_keyed_join_open(struct cli_keyed_join *l, const char *path)
{
    struct seg_err e;

    if (!path)
        return;
    l->reader = cli_reader(path);
    cli_check(seg_keyed_open(&l->keyed, l->reader, &e), &e);
}

const struct seg_record *
cli_keyed_join(struct cli_keyed_join *l, const struct seg_record *rec)
{
    struct seg_err e;

    if (!l->reader)
        return NULL;
    cli_check(seg_keyed_find(&l->keyed, seg_record_key(rec), &l->rec, &e), &e);
    return &l->rec;
}

void
cli_keyed_join_close(struct cli_keyed_join *l)
{
    struct seg_err e;

    if (!l->reader)
        return;
    cli_check(seg_keyed_all_found(&l->keyed, &e), &e);
    seg_keyed_free(&l->keyed);
    cli_close_reader(l->reader);
    seg_record_free(&l->rec);
}
