#include "cmd/pseudo/passes.h"

void
cli_passes_open(
    struct cli_passes *p, int argc, char **argv, int first, int several)
{
    struct seg_err e;

    *p = (struct cli_passes){0};
    cli_inputs(&p->in, argc, argv, first);
    if (!several)
        return;
    p->n = p->in.n;
    p->reader = cli_take((size_t)p->n, sizeof *p->reader);
    p->records = cli_take((size_t)p->n, sizeof *p->records);
    for (int i = 0; i < p->n; i++) {
        p->reader[i] = cli_reader(p->in.path[i]);
        cli_check(seg_reader_index(p->reader[i], p->records + i, &e), &e);
    }
}

int
cli_passes_next(struct cli_passes *p, struct seg_record *rec)
{
    struct seg_err e;

    if (!p->reader) {
        int more = cli_next(&p->in, rec);

        p->file = more ? seg_reader_name(p->in.reader) : NULL;
        return more;
    }
    while (p->at < p->n && p->next == p->records[p->at]) {
        p->at++;
        p->next = 0;
    }
    if (p->at == p->n) {
        p->at = 0;
        return 0;
    }
    p->file = seg_reader_name(p->reader[p->at]);
    cli_check(seg_reader_at(p->reader[p->at], p->next++, rec, &e), &e);
    return 1;
}

void
cli_passes_close(struct cli_passes *p)
{
    for (int i = 0; i < p->n; i++)
        cli_close_reader(p->reader[i]);
}
