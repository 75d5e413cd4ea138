#include "cmd/cli/units.h"
#include "cmd/cli/cli.h"

void
cli_warn_units(const struct seg_normalize *q, const struct seg_record *rec,
    const char *name)
{
    static enum seg_normalize_units units;
    const struct seg_tensor *image = seg_record_find(rec, "image");
    struct seg_normalize of_record = *q;
    struct seg_normalize_mismatch s;
    struct seg_err e;

    if (units != SEG_UNITS_UNDECIDED || !image)
        return;
    cli_check(seg_nodata_get(&of_record.nodata, rec, &e), &e);
    units = seg_normalize_check_units(&s, image, &of_record);
    if (units == SEG_UNITS_DIFFER)
        cli_warn("%s: image values from %g to %g; the model expects a mean of "
                 "%g and a deviation of %g (seg-init --stat)",
            name, s.low, s.high, s.mean, s.std);
}
