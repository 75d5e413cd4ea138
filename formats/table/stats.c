#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/table/json_tables.h"
#include "formats/table/stats.h"
#include "lib/base/text.h"

static char *
put_classes(char *p, const struct seg_stat *s)
{
    double inverse[SEG_STAT_CLASSES], median[SEG_STAT_CLASSES];
    double effective[SEG_STAT_CLASSES], all = 0;

    seg_stat_inverse(inverse, s);
    seg_stat_median(median, s);
    seg_stat_effective(effective, s);
    for (int c = 0; c < s->classes; c++)
        all += (double)s->class[c].pixels;
    for (int c = 0; c < s->classes; c++) {
        const struct seg_stat_class *k = s->class + c;

        p += sprintf(p, "class\t%d\t", c);
        p = stpcpy(p, k->name ? k->name : "-");
        p += sprintf(p,
            "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%.6g\t%.6g\t%.6g\t%.6g\n",
            k->pixels, k->images, k->present,
            all > 0 ? (double)k->pixels / all : 0, inverse[c], median[c],
            effective[c]);
    }
    return p;
}

static char *
put_bands(char *p, const struct seg_stat *s)
{
    for (int i = 0; i < s->bands; i++) {
        const struct seg_stat_band *b = s->band + i;
        double mean, sd;

        seg_stat_mean_sd(&mean, &sd, b);
        p += sprintf(p, "band\t%d\t-\t%" PRIu64 "\t%.9g\t%.9g\t%.9g\t%.9g", i,
            b->pixels, mean, sd, b->min, b->max);
        *p++ = '\t';
        p += seg_exact_print(p, &b->sum);
        *p++ = '\t';
        p += seg_exact_print(p, &b->squares);
        *p++ = '\n';
    }
    return p;
}

static char *
put_levels(char *p, const struct seg_stat *s, const double *percentile, int n)
{
    for (int i = 0; i < s->bands; i++)
        for (int k = 0; k < n; k++)
            p += sprintf(p, "percentile\t%d\t-\t%.9g\t%.9g\n", i, percentile[k],
                seg_histogram_percentile(s->band[i].histogram, percentile[k]));
    for (int i = 0; i < s->bands; i++) {
        struct seg_histogram_bin at = {0};
        char before = '\t';

        p += sprintf(p, "levels\t%d\t-", i);
        while (seg_histogram_next(s->band[i].histogram, &at)) {
            p += sprintf(p, "%c%.9g:%" PRIu64, before, at.value, at.n);
            before = ' ';
        }
        *p++ = '\n';
    }
    return p;
}

char *
seg_stats_text(const struct seg_stat *s, const double *percentile, int n,
    struct seg_arena *a, struct seg_err *e)
{
    /* upper bounds: a row without its name; a level or a percentile */
    enum { ROW = 200 + 2 * SEG_EXACT_TEXT, LEVEL = 80 };
    size_t capacity = ROW * (size_t)(5 + s->classes + s->bands);

    for (int c = 0; c < s->classes; c++)
        capacity += s->class[c].name ? strlen(s->class[c].name) : 1;
    for (int i = 0; s->histograms && i < s->bands; i++) {
        struct seg_histogram_bin at = {0};

        capacity += LEVEL * (size_t)(n + 1);
        while (seg_histogram_next(s->band[i].histogram, &at))
            capacity += LEVEL;
    }
    char *text = seg_take_dirty(a, capacity, 1, e), *p = text;
    if (!text)
        return NULL;
    p = stpcpy(p,
        "#\tindex\tname\tpixels\timages\tpresent\tshare\tinverse\tmedian\t"
        "effective\n");
    p = put_classes(p, s);
    p += sprintf(p, "ignored\t%d\t-\t%" PRIu64 "\t%" PRIu64 "\n", s->ignore,
        s->ignored, s->ignored_images);
    p = stpcpy(p, "#\tindex\tname\tpixels\tmean\tsd\tmin\tmax\tsum\tsquares\n");
    p = put_bands(p, s);
    if (s->histograms)
        p = put_levels(p, s, percentile, n);
    sprintf(p, "images\t%" PRIu64 "\n", s->images);
    return text;
}

char *
seg_stats_json(struct seg_arena *a, char *text, struct seg_err *e)
{
    static const struct seg_json_titles titles[] = {
        {"ignored", "#\tindex\tname\tpixels\timages"},
        {"percentile", "#\tindex\tname\tpercentile\tvalue"},
        {"levels", "#\tindex\tname\tlevels"},
        {NULL, NULL},
    };

    return seg_json_kinds(a, text, titles, e);
}

struct row {
    char *rest;
    const char *path;
    int line;
};

static int
bad(const struct row *r, const char *what, const char *text, struct seg_err *e)
{
    return seg_fail(e, SEG_EDATA, "%s:%d: no %s: %s", r->path, r->line, what,
        text ? text : "the line ends");
}

static int
get_count(uint64_t *v, struct row *r, const char *what, struct seg_err *e)
{
    char *text = seg_text_field(&r->rest), *end = text;

    errno = 0;
    if (text && *text >= '0' && *text <= '9')
        *v = strtoull(text, &end, 10);
    return !text || end == text || *end || errno ? bad(r, what, text, e) : 0;
}

static int
get_number(double *v, struct row *r, const char *what, struct seg_err *e)
{
    char *text = seg_text_field(&r->rest), *end = text;

    if (text)
        *v = strtod(text, &end);
    return !text || end == text || *end ? bad(r, what, text, e) : 0;
}

static int
get_sum(
    struct seg_exact *sum, struct row *r, const char *what, struct seg_err *e)
{
    const char *text = seg_text_field(&r->rest);

    return !text || seg_exact_parse(sum, text) ? bad(r, what, text, e) : 0;
}

/* Parses "INDEX\tNAME"; fails if it is another index. */
static int
get_head(const char **name, struct row *r, int index, struct seg_err *e)
{
    uint64_t i = 0;

    if (get_count(&i, r, "index", e))
        return -1;
    if (i != (uint64_t)index)
        return seg_fail(e, SEG_EDATA, "%s:%d: index %" PRIu64 ", expected %d",
            r->path, r->line, i, index);
    *name = seg_text_field(&r->rest);
    return *name ? 0 : bad(r, "name", NULL, e);
}

static int
get_class(struct seg_stat *s, struct row *r, struct seg_err *e)
{
    struct seg_stat_class *c = s->class + s->classes;

    if (s->classes == SEG_STAT_CLASSES)
        return seg_fail(
            e, SEG_EDATA, "%s:%d: too many classes", r->path, r->line);
    if (get_head(&c->name, r, s->classes, e) ||
        get_count(&c->pixels, r, "pixels", e) ||
        get_count(&c->images, r, "images", e) ||
        get_count(&c->present, r, "present", e))
        return -1;
    if (!strcmp(c->name, "-"))
        c->name = NULL;
    s->classes++;
    return 0;
}

static int
get_band(struct seg_stat *s, struct row *r, struct seg_err *e)
{
    struct seg_stat_band *b = s->band + s->bands;
    const char *name;
    double made;

    if (get_head(&name, r, s->bands, e) ||
        get_count(&b->pixels, r, "pixels", e) ||
        get_number(&made, r, "mean", e) || get_number(&made, r, "sd", e) ||
        get_number(&b->min, r, "min", e) || get_number(&b->max, r, "max", e) ||
        get_sum(&b->sum, r, "sum", e) || get_sum(&b->squares, r, "squares", e))
        return -1;
    s->bands++;
    return 0;
}

/* The levels of the band that the row names, in ascending order. */
static int
get_levels(struct seg_stat *s, struct row *r, struct seg_err *e)
{
    uint64_t i = 0;
    double last = -INFINITY;

    if (get_count(&i, r, "index", e))
        return -1;
    if (i >= (uint64_t)s->bands || s->band[i].histogram)
        return seg_fail(e, SEG_EDATA,
            "%s:%d: levels of band %" PRIu64 ", of which there are %d, once",
            r->path, r->line, i, s->bands);
    struct seg_histogram *l = seg_take(s->arena, 1, sizeof *l, e);
    if (!l || seg_histogram_start(l, s->arena, e))
        return -1;
    s->band[i].histogram = l;
    seg_text_field(&r->rest);
    for (char *p = r->rest, *end; p && *p; p = end + (*end == ' ')) {
        double v = strtod(p, &end);
        if (end == p || *end != ':' || !(v > last) || !isfinite(v))
            return bad(r, "ascending value:count", p, e);
        p = end + 1;
        errno = 0;
        uint64_t n = strtoull(p, &end, 10);
        if (*p < '1' || *p > '9' || errno || (*end && *end != ' '))
            return bad(r, "value:count", p, e);
        if (seg_histogram_count(l, v, n, e))
            return -1;
        last = v;
    }
    return 0;
}

static int
get_ignored(struct seg_stat *s, struct row *r, struct seg_err *e)
{
    uint64_t value = 0;

    if (get_count(&value, r, "ignore value", e) || !seg_text_field(&r->rest) ||
        get_count(&s->ignored, r, "pixels", e) ||
        get_count(&s->ignored_images, r, "images", e))
        return -1;
    s->ignore = (int)value;
    return 0;
}

/* Parses a row whose first word is kind. */
static int
get_row(struct seg_stat *s, struct row *r, const char *kind, struct seg_err *e)
{
    if (!strcmp(kind, "class"))
        return get_class(s, r, e);
    if (!strcmp(kind, "band"))
        return get_band(s, r, e);
    if (!strcmp(kind, "levels"))
        return get_levels(s, r, e);
    if (!strcmp(kind, "ignored"))
        return get_ignored(s, r, e);
    if (!strcmp(kind, "images"))
        return get_count(&s->images, r, "images", e);
    if (!strcmp(kind, "percentile") || kind[0] == '#')
        return 0; /* percentiles are computed from the levels */
    return seg_fail(e, SEG_EDATA,
        "%s:%d: %s: class, ignored, band or images expected", r->path, r->line,
        kind);
}

int
seg_stats_parse(struct seg_stat *s, struct seg_arena *a, const char *text,
    const char *path, struct seg_err *e)
{
    char *copy = seg_take_string(a, text, e);
    struct row r = {.path = path};
    int closed = 0;

    seg_stat_init(s, a);
    s->band = seg_take(a, seg_text_lines(text), sizeof *s->band, e);
    if (!copy || !s->band)
        return -1;
    while (!closed && (r.rest = seg_text_line(&copy))) {
        const char *kind = seg_text_field(&r.rest);

        r.line++;
        if (get_row(s, &r, kind, e))
            return -1;
        closed = !strcmp(kind, "images");
    }
    if (!closed || !copy) /* the last line must be complete, too */
        return seg_fail(
            e, SEG_EDATA, "%s:%d: the table ends without images", path, r.line);
    if (*copy)
        return seg_fail(
            e, SEG_EDATA, "%s:%d: text after the table", path, r.line + 1);
    return 0;
}
