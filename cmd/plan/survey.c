#include <math.h>
#include <stdlib.h>

#include "cmd/plan/survey.h"
#include "lib/base/exact.h"

enum { MAX_SIDE = 1 << 15 };

struct size {
    int h, w;
};

static int
by_pixels(const void *a, const void *b)
{
    const struct size *x = a, *y = b;
    int64_t d = (int64_t)x->h * x->w - (int64_t)y->h * y->w;

    return d ? (d > 0) - (d < 0) : x->h - y->h;
}

/* Fails unless the record has what a plan needs. */
static const struct seg_tensor *
check(const struct cli_survey *s, const struct seg_record *rec, int labeled)
{
    const struct seg_tensor *image = seg_record_find(rec, "image");
    const char *key = seg_record_short_name(rec);

    if (!image || image->rank != 3)
        cli_fail(SEG_EDATA, "%s: %s: no image [height,width,channels]", s->name,
            key);
    if (!image->shape[0] || image->shape[0] > MAX_SIDE || !image->shape[1] ||
        image->shape[1] > MAX_SIDE)
        cli_fail(SEG_EDATA,
            "%s: %s: an image of %zu x %zu pixels, want 1 to %d", s->name, key,
            image->shape[1], image->shape[0], MAX_SIDE);
    if (labeled && !seg_record_find(rec, "label"))
        cli_fail(SEG_EDATA, "%s: %s: no label", s->name, key);
    return image;
}

/* Widens the range of the deviations of single images by this one. */
static void
add_deviation(double range[2], const struct seg_record *rec)
{
    struct seg_err e;
    struct seg_arena a = {0};
    struct seg_stat one;
    struct seg_nodata nodata;
    double mean, sd, largest = 0;

    seg_stat_init(&one, &a);
    cli_check(seg_nodata_get(&nodata, rec, &e), &e);
    cli_check(seg_stat_image(&one, seg_record_find(rec, "image"), &nodata,
                  seg_record_name(rec), &e),
        &e);
    for (int b = 0; b < one.bands; b++) {
        seg_stat_mean_sd(&mean, &sd, one.band + b);
        largest = sd > largest ? sd : largest;
    }
    seg_arena_free(&a);
    if (!(largest > 0))
        return;
    range[0] = range[0] > 0 && range[0] < largest ? range[0] : largest;
    range[1] = range[1] > largest ? range[1] : largest;
}

static void
find_classes(struct cli_survey *s)
{
    uint64_t all = 0;

    s->classes = s->stat.classes;
    s->rarest = -1;
    for (int c = 0; c < s->classes; c++) {
        uint64_t n = s->stat.class[c].pixels;

        all += n;
        if (n && (s->rarest < 0 || n < s->stat.class[s->rarest].pixels))
            s->rarest = c;
    }
    if (s->rarest < 0)
        cli_fail(SEG_EDATA, "%s: no labeled pixel", s->name);
    if (s->classes < 2)
        cli_fail(SEG_EDATA, "%s: one class only: there is nothing to learn",
            s->name);
    s->share = (double)s->stat.class[s->rarest].pixels / (double)all;
}

void
cli_survey(struct cli_survey *s, const char *path, int labeled)
{
    struct seg_err e;
    struct seg_record rec = {0};
    struct seg_reader *r = cli_reader(path);
    struct size *size = NULL;
    size_t capacity = 0;
    double range[2] = {0, 0};

    *s = (struct cli_survey){.name = seg_reader_name(r)};
    seg_stat_init(&s->stat, &s->arena);
    while (cli_check(seg_reader_next(r, &rec, &e), &e)) {
        const struct seg_tensor *image = check(s, &rec, labeled);
        int h = (int)image->shape[0], w = (int)image->shape[1];

        size = cli_need(seg_grow(&s->arena, size, (size_t)s->images, &capacity,
                            sizeof *size, &e),
            &e);
        s->sizes += !s->images || size[s->images - 1].h != h ||
                    size[s->images - 1].w != w;
        size[s->images++] = (struct size){h, w};
        s->pixels += (double)h * w;
        s->type = image->type;
        s->by_image = !!seg_record_meta(&rec, "seg.intensity");
        if (!labeled)
            continue;
        cli_check(seg_stat_add(&s->stat, &rec, &e), &e);
        add_deviation(range, &rec);
    }
    if (!s->images)
        cli_fail(
            SEG_EDATA, "%s: no records: there is nothing to plan", s->name);
    s->name = cli_take_string(s->name);
    qsort(size, (size_t)s->images, sizeof *size, by_pixels);
    s->h = size[s->images / 2].h;
    s->w = size[s->images / 2].w;
    s->most = size[s->images - 1].h * size[s->images - 1].w;
    s->spread = range[0] > 0 ? range[1] / range[0] : 1;
    if (labeled)
        find_classes(s);
    cli_close_reader(r);
    seg_record_free(&rec);
}
