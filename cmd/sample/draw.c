#include <inttypes.h>
#include <stdio.h>

#include "cmd/cli/cli.h"
#include "cmd/sample/draw.h"
#include "formats/geometry/geo.h"
#include "lib/label/labelmap.h"
#include "lib/label/same_classes.h"

void
cli_learn_classes(
    struct seg_balance *b, struct seg_reader *in, int n, struct seg_arena *a)
{
    struct seg_record rec = {0};
    struct seg_known_classes known = {.arena = a};
    struct seg_err e;
    struct seg_presence *has =
        cli_need(seg_take(a, (size_t)n, sizeof *has, &e), &e);

    for (int i = 0; i < n; i++) {
        cli_check(seg_reader_at(in, (size_t)i, &rec, &e), &e);
        const char *key = seg_record_key(&rec);
        cli_check(seg_known_classes_check(&known, &rec, key, &e), &e);
        cli_check(seg_presence_read(has + i, seg_record_find(&rec, "label"),
                      SEG_IGNORE, key, &e),
            &e);
    }
    cli_check(seg_balance_init(b, has, n, a, &e), &e);
    seg_record_free(&rec);
}

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

void
cli_put_patch(struct seg_writer *w, struct seg_record *out,
    const struct seg_record *in, const struct seg_window *win,
    const struct seg_sample *s, uint64_t draw)
{
    struct seg_err e;
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, draw);
    cli_check(seg_sample_cut(out, in, win, s, &e), &e);
    cli_check(seg_record_set(out, "seg.draw", text, &e), &e);
    cli_check(seg_geo_window(out, win, s->w, s->h, &e), &e);
    warn_padding(in, win, s);
    cli_put(w, out);
}
