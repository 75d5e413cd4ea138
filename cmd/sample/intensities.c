#include "cmd/sample/intensities.h"
#include "cmd/cli/cli.h"
#include "lib/dataset/intensity.h"

void
cli_intensities_start(struct cli_intensities *w, size_t n)
{
    struct seg_err e;

    w->known = cli_need(seg_take(&w->arena, n, sizeof *w->known, &e), &e);
}

void
cli_intensities_set(
    struct cli_intensities *w, size_t number, struct seg_record *rec)
{
    struct seg_err e;

    if (!w->known)
        return;
    if (w->known[number]) {
        cli_check(
            seg_record_set(rec, "seg.intensity", w->known[number], &e), &e);
        return;
    }
    cli_check(seg_intensity_ensure(rec, &e), &e);
    const char *text = seg_record_meta(rec, "seg.intensity");
    w->known[number] = cli_need(seg_take_string(&w->arena, text, &e), &e);
}
