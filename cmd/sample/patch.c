#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/sample/patch.h"
#include "formats/geometry/geo.h"
#include "lib/image/mask.h"

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

/* The mask moves into the image. */
static void
append_mask(struct seg_record *out)
{
    const struct seg_tensor *mask = seg_record_find(out, CLI_MASK);
    struct seg_err e;

    if (!mask)
        return;
    const uint8_t *pixel = mask->data; /* stays valid in the arena */
    cli_check(seg_mask_append(out, "image", pixel, &e), &e);
    cli_check(seg_record_set(out, "seg.mask", "1", &e), &e);
    seg_record_drop(out, CLI_MASK);
}

int
cli_cut_patch(struct seg_record *out, const struct cli_cut *c,
    const struct seg_window *win)
{
    const struct seg_sample *s = c->s;
    struct seg_err e;
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, c->draw);
    cli_check(seg_sample_cut(out, c->rec, win, s, &e), &e);
    cli_check(seg_record_set(out, "seg.draw", text, &e), &e);
    cli_check(seg_geo_window(out, win, s->w, s->h, &e), &e);
    int accepted = cli_check(seg_sample_accepts(out, s, c->class, &e), &e);
    append_mask(out);
    if (accepted)
        warn_padding(c->rec, win, s);
    return accepted;
}

/* View 0 or 1: another window of the same item. */
static int
try_view(struct seg_record *out, const struct cli_cut *c, int view)
{
    enum { ATTEMPTS = 50 };
    struct seg_window win;
    struct seg_err e;

    for (uint64_t attempt = 0; attempt < ATTEMPTS; attempt++) {
        uint64_t index = c->index + (attempt << 40) + ((uint64_t)view << 62);

        cli_check(
            c->box ? seg_sample_around(&win, c->rec, c->box, c->s, index, &e)
                   : seg_sample_window(&win, c->rec, c->s, c->class, index, &e),
            &e);
        if (cli_cut_patch(out, c, &win))
            return 1;
    }
    return 0;
}

static void
add_second_view(struct seg_record *out, const struct seg_record *second)
{
    const struct seg_tensor *t = seg_record_find(second, "image");
    struct seg_err e;

    if (!t)
        cli_fail(SEG_EDATA, "%s: no tensor image", seg_record_name(out));
    struct seg_tensor *copy = cli_need(
        seg_record_add(out, "image.1", t->type, t->rank, t->shape, &e), &e);
    memcpy(copy->data, t->data, t->bytes);
}

int
cli_cut_try(struct seg_record *out, const struct cli_cut *c)
{
    struct seg_record second = {0};
    int accepted = try_view(out, c, 0);

    if (c->views == 2 && seg_record_find(c->rec, "image.1"))
        cli_fail(SEG_EDATA, "%s: --views 2: it has a second view, image.1",
            seg_record_name(c->rec));
    if (accepted && c->views == 2) {
        accepted = try_view(&second, c, 1);
        if (accepted)
            add_second_view(out, &second);
    }
    seg_record_free(&second);
    return accepted;
}

void
cli_cut_warn(const struct seg_record *rec)
{
    static int warned;

    if (!warned++)
        cli_warn("%s: no suitable patch in 50 attempts; the next item is "
                 "taken",
            seg_record_name(rec));
}

void
cli_draw_patch(struct seg_record *out, struct cli_draws *d,
    struct cli_intensities *whole, const struct seg_sample *s, uint64_t draw,
    int views)
{
    struct seg_record rec = {0};
    struct seg_err e;
    int accepted = 0;

    for (int other = 0; other < d->n && !accepted; other++) {
        struct cli_draw c = cli_draws_get(d, s->seed, draw, other);
        const struct cli_cut cut = {.rec = &rec,
            .s = s,
            .class = c.class,
            .index = c.index,
            .draw = draw,
            .views = views};

        cli_check(seg_reader_at(d->in, (size_t)c.item, &rec, &e), &e);
        cli_intensities_set(whole, (size_t)c.item, &rec);
        accepted = cli_cut_try(out, &cut);
        if (!accepted)
            cli_cut_warn(&rec);
    }
    if (!accepted)
        cli_fail(SEG_EDATA, "%s: no item has a suitable patch",
            seg_reader_name(d->in));
    seg_record_free(&rec);
}
