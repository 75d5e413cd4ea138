#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/import/nodata.h"

void
cli_nodata_option(struct cli_page_opts *opts, const char *text)
{
    opts->nodata = !text                   ? NODATA_OF_FILE
                   : !strcmp(text, "none") ? NODATA_NONE
                                           : NODATA_GIVEN;
    if (opts->nodata == NODATA_GIVEN &&
        seg_nodata_parse(&opts->nodata_value, text))
        cli_usage("--nodata %s is neither a number nor nan nor none", text);
}

void
cli_nodata_add(struct seg_nodata_count *count, const struct seg_record *rec,
    const char *path)
{
    const struct seg_tensor *image = seg_record_find(rec, "image");
    struct seg_arena scratch = {0};
    struct seg_nodata nodata;
    struct seg_err e;
    uint8_t *mask;

    if (!seg_type_is_float(image->type))
        return;
    cli_check(seg_nodata_get(&nodata, rec, &e), &e);
    cli_check(seg_nodata_map(&mask, &nodata, image, &scratch, &e), &e);
    seg_nodata_count_add(count, image, mask, path);
    seg_arena_free(&scratch);
}
