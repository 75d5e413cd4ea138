#include <stdlib.h>

#include "formats/table/log.h"
#include "lib/base/text.h"

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int
seg_log_seconds(double *seconds, const struct seg_tsv *log,
    struct seg_arena *scratch, struct seg_err *e)
{
    int column = seg_tsv_column(log, "seconds", e);

    if (column < 0)
        return -1;
    if (!log->rows)
        return seg_fail(
            e, SEG_EDATA, "%s: no rows under the titles", log->name);
    double *time = seg_take(scratch, (size_t)log->rows, sizeof *time, e);
    if (!time)
        return -1;
    for (int i = 0; i < log->rows; i++) {
        const char *field = seg_tsv_field(log, i, column);

        time[i] = seg_text_real(field);
        if (!(time[i] >= 0))
            return seg_fail(e, SEG_EDATA,
                "%s:%d: seconds: '%s', expected a number of at least 0",
                log->name, log->line + i + 1, field);
    }
    qsort(time, (size_t)log->rows, sizeof *time, compare);
    *seconds = log->rows * time[(log->rows - 1) / 2];
    return 0;
}
