#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/geometry/geo.h"
#include "formats/table/number.h"
#include "lib/image/nodata.h"

enum { SCALE, TIE, MATRIX, KEYS, DOUBLES, ASCII, NODATA, METADATA };

static const struct {
    const char *name;
    int tag;
    char kind;
} known[SEG_GEO_TAGS] = {
    [SCALE] = {"scale", 33550, 'd'},
    [TIE] = {"tie", 33922, 'd'},
    [MATRIX] = {"matrix", 34264, 'd'},
    [KEYS] = {"keys", 34735, 's'},
    [DOUBLES] = {"doubles", 34736, 'd'},
    [ASCII] = {"ascii", 34737, 'a'},
    [NODATA] = {"nodata", 42113, 'a'},
    [METADATA] = {"metadata", 42112, 'a'},
};

/* ---- from tags to text ---- */

static size_t
print_text(char *to, const char *from, size_t n)
{
    size_t at = 0;

    for (size_t i = 0; i < n; i++)
        if (from[i] == '\n' || from[i] == '\\')
            at += (size_t)sprintf(to + at, from[i] == '\n' ? "\\n" : "\\\\");
        else if ((signed char)from[i] < ' ' || from[i] == 0x7f)
            at += (size_t)sprintf(to + at, "\\x%02x", (uint8_t)from[i]);
        else
            to[at++] = from[i];
    return at;
}

static size_t
print_tag(char *to, int which, const struct seg_tiff_tag *tag)
{
    size_t at = (size_t)sprintf(to, "%s ", known[which].name);

    if (tag->kind == 'a')
        at += print_text(to + at, tag->value, tag->n);
    for (size_t i = 0; tag->kind != 'a' && i < tag->n; i++) {
        if (i)
            to[at++] = ',';
        at +=
            (size_t)(tag->kind == 'd' ? seg_number_print(to + at,
                                            ((const double *)tag->value)[i])
                                      : sprintf(to + at, "%u",
                                            ((const uint16_t *)tag->value)[i]));
    }
    to[at++] = '\n';
    return at;
}

static int
print(struct seg_record *rec, const struct seg_geo *g, struct seg_err *e)
{
    size_t capacity = 1, at = 0;

    for (int i = 0; i < g->n; i++)
        capacity += 16 + g->tag[i].n * (g->tag[i].kind == 'a' ? 4 : SEG_NUMBER);
    char *text = seg_take_dirty(&rec->arena, capacity, 1, e);
    if (!text)
        return -1;
    for (int i = 0; i < g->n; i++)
        for (int k = 0; k < SEG_GEO_TAGS; k++)
            if (known[k].tag == g->tag[i].tag)
                at += print_tag(text + at, k, &g->tag[i]);
    text[at] = 0;
    return seg_record_set(rec, "seg.geo", text, e);
}

/* Sets seg.nodata if the tag is a number; "none" and an empty text are not. */
static int
declare_nodata(
    struct seg_record *rec, const struct seg_tiff_tag *tag, struct seg_err *e)
{
    char *text = seg_take_text(
        &rec->arena, e, "%.*s", (int)tag->n, (const char *)tag->value);
    double value;

    if (!text)
        return -1;
    return seg_nodata_parse(&value, text) ? 0 : seg_nodata_set(rec, value, e);
}

int
seg_geo_read(struct seg_record *rec, seg_geo_find *find, void *page,
    const char *path, struct seg_err *e)
{
    enum { VALUES = 1 << 16 }; /* the text must fit in a record header */
    struct seg_geo g = {0};

    for (int k = 0; k < SEG_GEO_TAGS; k++) {
        struct seg_tiff_tag tag = {known[k].tag, known[k].kind, 0, NULL};

        if (!find(page, &tag))
            continue;
        size_t most = VALUES / (tag.kind == 'd' ? 4 : 1);
        if (tag.n > most) {
            if (seg_record_warn(rec, e,
                    "%s: TIFF tag %d has %zu values and is left out: up to %zu "
                    "are kept",
                    path, tag.tag, tag.n, most))
                return -1;
            continue;
        }
        g.tag[g.n++] = tag;
        if (k == NODATA && declare_nodata(rec, &tag, e))
            return -1;
    }
    return g.n ? print(rec, &g, e) : 0;
}

/* ---- from text to tags ---- */

static size_t
count_numbers(const char *p, const char *end)
{
    size_t n = 1;

    for (; p < end; p++)
        n += *p == ',';
    return n;
}

static int
parse_numbers(struct seg_tiff_tag *tag, struct seg_arena *a, const char *p,
    const char *end, const char *name, struct seg_err *e)
{
    tag->n = count_numbers(p, end);
    double *d = seg_take(a, tag->n, sizeof *d, e);
    uint16_t *s = d ? seg_take(a, tag->n, sizeof *s, e) : NULL;
    char *stop;

    if (!s)
        return -1;
    for (size_t i = 0; i < tag->n; i++, p = stop + 1) {
        d[i] = strtod(p, &stop);
        if (stop == p || stop > end ||
            (i + 1 < tag->n ? *stop != ',' : stop != end) ||
            (tag->kind == 's' && !(d[i] >= 0 && d[i] <= UINT16_MAX)))
            return seg_fail(e, SEG_EDATA, "%s: seg.geo: %.*s is not a number",
                name, end - p < 40 ? (int)(end - p) : 40, p);
        if (tag->kind == 's')
            s[i] = (uint16_t)d[i];
    }
    tag->value = tag->kind == 's' ? (void *)s : (void *)d;
    return 0;
}

/* The value of a hexadecimal digit, else -1. */
static int
hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) & 15 : -1;
}

static const char *
parse_character(char *to, const char *p, const char *end)
{
    *to = *p;
    if (*p != '\\' || end - p < 2)
        return p + 1;
    *to = p[1];
    if (p[1] == 'n')
        *to = '\n';
    int high = end - p < 4 ? -1 : hex_digit(p[2]),
        low = high < 0 ? -1 : hex_digit(p[3]);
    if (p[1] != 'x' || low < 0)
        return p + 2;
    *to = (char)(high << 4 | low);
    return p + 4;
}

static int
parse_text(struct seg_tiff_tag *tag, struct seg_arena *a, const char *p,
    const char *end, struct seg_err *e)
{
    char *to = seg_take_dirty(a, (size_t)(end - p) + 1, 1, e);

    if (!to)
        return -1;
    tag->value = to;
    while (p < end)
        p = parse_character(to++, p, end);
    *to = 0;
    tag->n = (size_t)(to - (const char *)tag->value);
    return 0;
}

static int
parse_line(struct seg_geo *g, struct seg_arena *a, const char *line,
    const char *end, const char *name, struct seg_err *e)
{
    const char *blank = memchr(line, ' ', (size_t)(end - line));
    size_t n = blank ? (size_t)(blank - line) : 0;

    for (int k = 0; k < SEG_GEO_TAGS; k++) {
        struct seg_tiff_tag *tag = &g->tag[g->n];

        if (!n || strlen(known[k].name) != n || memcmp(line, known[k].name, n))
            continue;
        if (g->n == SEG_GEO_TAGS)
            break;
        g->n++;
        *tag = (struct seg_tiff_tag){known[k].tag, known[k].kind, 0, NULL};
        return tag->kind == 'a'
                   ? parse_text(tag, a, blank + 1, end, e)
                   : parse_numbers(tag, a, blank + 1, end, name, e);
    }
    return seg_fail(e, SEG_EDATA, "%s: seg.geo: %.*s is not a line of it", name,
        end - line < 40 ? (int)(end - line) : 40, line);
}

int
seg_geo_parse(struct seg_geo *g, struct seg_arena *a, const char *text,
    const char *name, struct seg_err *e)
{
    g->n = 0;
    while (*text) {
        const char *end = text + strcspn(text, "\n");

        if (parse_line(g, a, text, end, name, e))
            return -1;
        text = *end ? end + 1 : end;
    }
    return 0;
}

/* Every line of the result ends in a line end, also if that of text is
   missing. */
const char *
seg_geo_drop_values(struct seg_arena *a, const char *text, struct seg_err *e)
{
    char *grid = seg_take_dirty(a, strlen(text) + 2, 1, e), *to = grid;

    while (grid && *text) {
        size_t n = strcspn(text, "\n");

        if (strncmp(text, "nodata ", 7) && strncmp(text, "metadata ", 9)) {
            memcpy(to, text, n);
            to[n] = '\n';
            to += n + 1;
        }
        text += n + (text[n] == '\n');
    }
    if (grid)
        *to = 0;
    return grid;
}

/* ---- names of bands ---- */

/* GDAL decodes XML entities twice, so they are encoded twice. */
static size_t
print_xml(char *to, const char *from)
{
    static const char special[] = "<>&\"";
    static const char *const entities[] = {
        "&amp;lt;", "&amp;gt;", "&amp;amp;", "&amp;quot;"};
    size_t at = 0;

    for (; *from; from++) {
        const char *hit = strchr(special, *from);

        if (hit)
            at += (size_t)sprintf(to + at, "%s", entities[hit - special]);
        else
            to[at++] = *from;
    }
    return at;
}

const char *
seg_geo_name_bands(struct seg_arena *a, const char *text,
    const char *const *name, int n, struct seg_err *e)
{
    enum { ITEM = 80, ESCAPED = 10 };
    size_t capacity = 2 * ITEM, at = 0;

    text = seg_geo_drop_values(a, text ? text : "", e);
    for (int i = 0; i < n; i++)
        capacity += ITEM + ESCAPED * strlen(name[i]);
    char *xml = seg_take_dirty(a, capacity, 1, e);
    if (!text || !xml)
        return NULL;
    at += (size_t)sprintf(xml + at, "<GDALMetadata>");
    for (int i = 0; i < n; i++) {
        at += (size_t)sprintf(xml + at,
            "<Item name=\"DESCRIPTION\" sample=\"%d\" role=\"description\">",
            i);
        at += print_xml(xml + at, name[i]);
        at += (size_t)sprintf(xml + at, "</Item>");
    }
    at += (size_t)sprintf(xml + at, "</GDALMetadata>");
    char *line = seg_take(a, 4 * at + 1, 1, e);
    if (!line)
        return NULL;
    print_text(line, xml, at);
    return seg_take_text(a, e, "%smetadata %s\n", text, line);
}

/* ---- pixels to coordinates ---- */

static double *
numbers(const struct seg_geo *g, int which, size_t at_least)
{
    for (int i = 0; i < g->n; i++)
        if (g->tag[i].tag == known[which].tag && g->tag[i].n >= at_least)
            return (double *)g->tag[i].value;
    return NULL;
}

/* The value of a key in GeoKeyDirectory, or -1. */
static int
find_key(const struct seg_geo *g, int wanted)
{
    for (int i = 0; i < g->n; i++) {
        const uint16_t *key = g->tag[i].value;

        for (size_t k = 4;
             g->tag[i].tag == known[KEYS].tag && k + 4 <= g->tag[i].n; k += 4)
            if (key[k] == wanted && !key[k + 1])
                return key[k + 3];
    }
    return -1;
}

int
seg_geo_epsg(const struct seg_geo *g)
{
    enum { GEOGRAPHIC = 2048, PROJECTED = 3072, OWN = 32767 };
    int code = find_key(g, PROJECTED);

    if (code < 0)
        code = find_key(g, GEOGRAPHIC);
    return code > 0 && code < OWN ? code : 0;
}

/* 0.5 if raster coordinates count from pixel centers (PixelIsPoint), else 0. */
static double
half_pixel(const struct seg_geo *g)
{
    enum { RASTER_TYPE = 1025, POINT = 2 };

    return find_key(g, RASTER_TYPE) == POINT ? 0.5 : 0;
}

int
seg_geo_affine(double m[6], const struct seg_geo *g)
{
    double center = 0.5 - half_pixel(g);
    const double *scale = numbers(g, SCALE, 2), *tie = numbers(g, TIE, 6),
                 *matrix = numbers(g, MATRIX, 16);

    for (int k = 0; matrix && k < 2; k++) {
        const double *r = matrix + 4 * k;

        m[3 * k] = r[0];
        m[3 * k + 1] = r[1];
        m[3 * k + 2] = r[3] + (r[0] + r[1]) * center;
    }
    if (matrix || !scale || !tie)
        return matrix != NULL;
    m[0] = scale[0]; /* rows go down, y goes up */
    m[4] = -scale[1];
    m[1] = m[3] = 0;
    m[2] = tie[3] + m[0] * (center - tie[0]);
    m[5] = tie[4] + m[4] * (center - tie[1]);
    return 1;
}

/*
 * Raster coordinates become i' = (i + half - x) sx - half.  Tie points get
 * these coordinates.  A matrix is multiplied by the inverse map, i = i'/sx +
 * (half/sx - half + x).
 */
int
seg_geo_crop(struct seg_record *rec, double x, double y, double sx, double sy,
    struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.geo");
    struct seg_geo g;

    if (!text || (x == 0 && y == 0 && sx == 1 && sy == 1))
        return 0;
    if (seg_geo_parse(&g, &rec->arena, text, seg_record_name(rec), e))
        return -1;
    double half = half_pixel(&g), *scale = numbers(&g, SCALE, 2),
           *tie = numbers(&g, TIE, 6), *m = numbers(&g, MATRIX, 16);
    if (scale) {
        scale[0] /= sx;
        scale[1] /= sy;
    }
    for (int i = 0; tie && i < g.n; i++)
        for (size_t k = 0; g.tag[i].value == tie && k + 6 <= g.tag[i].n;
             k += 6) {
            tie[k] = (tie[k] + half - x) * sx - half;
            tie[k + 1] = (tie[k + 1] + half - y) * sy - half;
        }
    for (int row = 0; m && row < 4; row++) {
        double *r = m + 4 * row;

        r[3] += r[0] * (half / sx - half + x) + r[1] * (half / sy - half + y);
        r[0] /= sx;
        r[1] /= sy;
    }
    return print(rec, &g, e);
}

int
seg_geo_window(struct seg_record *rec, const struct seg_window *win, int w,
    int h, struct seg_err *e)
{
    if (win->flip_x || win->flip_y || win->turn || win->angle != 0 ||
        win->shear != 0 || win->field)
        seg_record_unset(rec, "seg.geo");
    return seg_geo_crop(
        rec, win->x, win->y, (double)w / win->w, (double)h / win->h, e);
}
