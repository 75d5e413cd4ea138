#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/stats.h"
#include "lib/base/text.h"

static char *
put_integer(char *p, __int128 v)
{
    char digit[40];
    int n = 0;

    if (v < 0) {
        *p++ = '-';
        v = -v;
    }
    do
        digit[n++] = (char)('0' + (int)(v % 10));
    while ((v /= 10) != 0);
    while (n)
        *p++ = digit[--n];
    return p;
}

static char *
put_sum(char *p, int floats, __int128 sum, double more)
{
    *p++ = '\t';
    if (!floats)
        return put_integer(p, sum);
    return p + sprintf(p, "%.17g", (double)sum + more);
}

static char *
put_classes(char *p, const struct seg_stat *s)
{
    double inverse[SEG_STAT_CLASSES], median[SEG_STAT_CLASSES], all = 0;

    seg_stat_inverse(inverse, s);
    seg_stat_median(median, s);
    for (int c = 0; c < s->classes; c++)
        all += (double)s->class[c].pixels;
    for (int c = 0; c < s->classes; c++) {
        const struct seg_stat_class *k = s->class + c;

        p += sprintf(p, "class\t%d\t", c);
        p = stpcpy(p, k->name ? k->name : "-");
        p += sprintf(p,
            "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%.6g\t%.6g\t%.6g\n",
            k->pixels, k->images, k->present,
            all > 0 ? (double)k->pixels / all : 0, inverse[c], median[c]);
    }
    return p;
}

static char *
put_bands(char *p, const struct seg_stat *s)
{
    for (int i = 0; i < s->bands; i++) {
        const struct seg_stat_band *b = s->band + i;
        double mean, sd;

        seg_stat_moments(&mean, &sd, b);
        p += sprintf(p, "band\t%d\t-\t%" PRIu64 "\t%.9g\t%.9g\t%.9g\t%.9g", i,
            b->pixels, mean, sd, b->min, b->max);
        p = put_sum(p, b->floats, b->sum, b->float_sum);
        p = put_sum(p, b->floats, b->squares, b->float_squares);
        *p++ = '\n';
    }
    return p;
}

char *
seg_stats_text(const struct seg_stat *s, struct seg_arena *a, struct seg_err *e)
{
    enum { ROW = 240 }; /* more than any row without its name */
    size_t room = ROW * (size_t)(5 + s->classes + s->bands);

    for (int c = 0; c < s->classes; c++)
        room += s->class[c].name ? strlen(s->class[c].name) : 1;
    char *text = seg_take_dirty(a, room, 1, e), *p = text;
    if (!text)
        return NULL;
    p = stpcpy(
        p, "#\tindex\tname\tpixels\timages\tpresent\tshare\tinverse\tmedian\n");
    p = put_classes(p, s);
    p += sprintf(p, "ignored\t%d\t-\t%" PRIu64 "\t%" PRIu64 "\n", s->ignore,
        s->ignored, s->ignored_images);
    p = stpcpy(p, "#\tindex\tname\tpixels\tmean\tsd\tmin\tmax\tsum\tsquares\n");
    p = put_bands(p, s);
    sprintf(p, "images\t%" PRIu64 "\n", s->images);
    return text;
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

/* A whole number of at most 37 digits, or else a double. */
static int
get_sum(__int128 *sum, double *more, int *floats, struct row *r,
    const char *what, struct seg_err *e)
{
    char *text = r->rest, *p = text;

    if (p && *p == '-')
        p++;
    size_t digits = p ? strspn(p, "0123456789") : 0;
    if (!digits || digits > 37 || (p[digits] && p[digits] != '\t')) {
        *floats = 1;
        return get_number(more, r, what, e);
    }
    for (size_t i = 0; i < digits; i++)
        *sum = *sum * 10 + (p[i] - '0');
    if (*text == '-')
        *sum = -*sum;
    seg_text_field(&r->rest);
    return 0;
}

/* "INDEX\tNAME", the index being the one expected. */
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
        get_sum(&b->sum, &b->float_sum, &b->floats, r, "sum", e) ||
        get_sum(&b->squares, &b->float_squares, &b->floats, r, "squares", e))
        return -1;
    s->bands++;
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

int
seg_stats_parse(struct seg_stat *s, struct seg_arena *a, const char *text,
    const char *path, struct seg_err *e)
{
    char *copy = seg_take_string(a, text, e);
    struct row r = {.path = path};
    size_t lines = 0;
    int closed = 0;

    seg_stat_init(s, a);
    for (const char *p = text; *p; p++)
        lines += *p == '\n';
    s->band = seg_take(a, lines + 1, sizeof *s->band, e);
    if (!copy || !s->band)
        return -1;
    while (!closed && (r.rest = seg_text_line(&copy))) {
        const char *kind = seg_text_field(&r.rest);
        int status = 0;

        r.line++;
        if (!strcmp(kind, "class"))
            status = get_class(s, &r, e);
        else if (!strcmp(kind, "band"))
            status = get_band(s, &r, e);
        else if (!strcmp(kind, "ignored"))
            status = get_ignored(s, &r, e);
        else if (!strcmp(kind, "images")) {
            status = get_count(&s->images, &r, "images", e);
            closed = 1;
        } else if (kind[0] != '#')
            return seg_fail(e, SEG_EDATA,
                "%s:%d: %s: class, ignored, band or images expected", path,
                r.line, kind);
        if (status)
            return -1;
    }
    if (!closed || !copy) /* the last line needs its end, too */
        return seg_fail(
            e, SEG_EDATA, "%s:%d: the table ends without images", path, r.line);
    if (*copy)
        return seg_fail(
            e, SEG_EDATA, "%s:%d: text behind the table", path, r.line + 1);
    return 0;
}
