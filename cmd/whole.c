#include "cmd/whole.h"
#include "cmd/cli.h"
#include "lib/data/intensity.h"

void
cli_whole_start(struct cli_whole *w, size_t n)
{
    struct seg_err e;

    w->known = seg_take(&w->arena, n, sizeof *w->known, &e);
    cli_check(w->known ? 0 : -1, &e);
}

void
cli_whole_tell(struct cli_whole *w, size_t number, struct seg_record *rec)
{
    struct seg_err e;

    if (!w->known)
        return;
    if (w->known[number]) {
        cli_check(
            seg_record_set(rec, "seg.intensity", w->known[number], &e), &e);
        return;
    }
    cli_check(seg_intensity_note(rec, &e), &e);
    w->known[number] =
        seg_take_string(&w->arena, seg_record_meta(rec, "seg.intensity"), &e);
    cli_check(w->known[number] ? 0 : -1, &e);
}
