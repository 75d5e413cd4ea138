#include <inttypes.h>
#include <stdio.h>

#include "cmd/cli/cli.h"
#include "cmd/sample/patch.h"
#include "formats/geometry/geo.h"

/* Warns, once, of a patch of which three quarters or more lie outside its
   image. */
static void
warn_padding(const struct seg_record *image, const struct seg_window *win,
    const struct seg_sample *s)
{
    static const double most = 0.75;
    static int warned;
    struct seg_err e;
    int h, w;

    if (warned || seg_sample_size(&h, &w, image, &e))
        return;
    double padding = seg_sample_padding(win, h, w);
    warned = padding >= most;
    if (warned)
        cli_warn("%s: %d x %d pixels: %.0f %% of a patch of %d x %d is padding",
            seg_record_name(image), w, h, 100 * padding, s->w, s->h);
}

int
cli_cut_patch(struct seg_record *out, const struct seg_record *in,
    const struct seg_window *win, const struct seg_sample *s, int class,
    uint64_t draw)
{
    struct seg_err e;
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, draw);
    cli_check(seg_sample_cut(out, in, win, s, &e), &e);
    cli_check(seg_record_set(out, "seg.draw", text, &e), &e);
    cli_check(seg_geo_window(out, win, s->w, s->h, &e), &e);
    int accepted = cli_check(seg_sample_accepts(out, s, class, &e), &e);
    if (accepted)
        warn_padding(in, win, s);
    return accepted;
}

/* Attempts at a patch of one item: 1 if one is accepted. */
static int
try_item(struct seg_record *out, const struct seg_record *rec,
    const struct seg_sample *s, const struct cli_draw *c, uint64_t draw)
{
    enum { ATTEMPTS = 50 };
    struct seg_window win;
    struct seg_err e;

    for (uint64_t attempt = 0; attempt < ATTEMPTS; attempt++) {
        cli_check(seg_sample_window(
                      &win, rec, s, c->class, c->index + (attempt << 40), &e),
            &e);
        if (cli_cut_patch(out, rec, &win, s, c->class, draw))
            return 1;
    }
    return 0;
}

void
cli_draw_patch(struct seg_record *out, struct cli_draws *d,
    struct cli_intensities *whole, const struct seg_sample *s, uint64_t draw)
{
    static int warned;
    struct seg_record rec = {0};
    struct seg_err e;
    int accepted = 0;

    for (int other = 0; other < d->n && !accepted; other++) {
        struct cli_draw c = cli_draws_get(d, s->seed, draw, other);

        cli_check(seg_reader_at(d->in, (size_t)c.item, &rec, &e), &e);
        cli_intensities_set(whole, (size_t)c.item, &rec);
        accepted = try_item(out, &rec, s, &c, draw);
        if (!accepted && !warned++)
            cli_warn("%s: no suitable patch in 50 attempts; the next item is "
                     "taken",
                seg_record_name(&rec));
    }
    if (!accepted)
        cli_fail(SEG_EDATA, "%s: no item has a suitable patch",
            seg_reader_name(d->in));
    seg_record_free(&rec);
}
