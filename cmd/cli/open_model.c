#include "cmd/cli/open_model.h"

struct seg_reader *
cli_model(struct seg_model *m, struct seg_record *rec, const char *path)
{
    struct seg_err e;
    struct seg_record rest = {0};
    struct seg_reader *r = cli_reader(path);
    const char *name = seg_reader_name(r);

    if (!cli_check(seg_reader_next(r, rec, &e), &e))
        cli_fail(SEG_EDATA, "%s: no model in it", name);
    cli_check(seg_model_read(m, rec, name, &e), &e);
    cli_check(seg_model_check(m->net, name, &e), &e);
    if (cli_check(seg_reader_next(r, &rest, &e), &e))
        cli_fail(SEG_EDATA, "%s: more than one model in it", name);
    seg_record_free(&rest);
    return r;
}
