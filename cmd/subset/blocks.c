#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/subset/blocks.h"
#include "formats/geometry/geo.h"

/* Enlarges the rectangle so that it has the corner (x, y) of the image. */
static void
include_corner(struct cli_place *p, const double m[6], double x, double y)
{
    double u = m[0] * x + m[1] * y + m[2], v = m[3] * x + m[4] * y + m[5];

    p->x0 = fmin(p->x0, u);
    p->x1 = fmax(p->x1, u);
    p->y0 = fmin(p->y0, v);
    p->y1 = fmax(p->y1, v);
}

/* The place on earth: 1, or 0 if the record has none. */
static int
find_on_earth(struct cli_place *p, const struct seg_record *rec)
{
    const char *text = seg_record_meta(rec, "seg.geo");
    struct seg_arena arena = {0};
    struct seg_geo geo;
    struct seg_err e;
    double m[6];
    char map[24];
    int h, w;

    if (!text)
        return 0;
    cli_check(seg_sample_size(&h, &w, rec, &e), &e);
    cli_check(seg_geo_parse(&geo, &arena, text, seg_record_name(rec), &e), &e);
    int found = seg_geo_affine(m, &geo);
    *p = (struct cli_place){
        .x0 = INFINITY, .y0 = INFINITY, .x1 = -INFINITY, .y1 = -INFINITY};
    for (int k = 0; found && k < 4; k++)
        include_corner(p, m, k & 1 ? w - 0.5 : -0.5, k & 2 ? h - 0.5 : -0.5);
    snprintf(map, sizeof map, "EPSG %d", seg_geo_epsg(&geo));
    p->map = cli_take_string(map);
    seg_arena_free(&arena);
    return found;
}

struct cli_place
cli_place_of(const struct seg_record *rec)
{
    const char *window = seg_record_meta(rec, "seg.window");
    const char *key = seg_record_key(rec);
    size_t length = strcspn(key, "@");
    struct seg_window win;
    struct cli_place p;

    if (find_on_earth(&p, rec))
        return p;
    if (!window || seg_window_parse(&win, window))
        cli_fail(SEG_EDATA,
            "%s: no place: neither seg.geo nor seg.window; cut images into "
            "tiles with seg-sample --regular",
            seg_record_name(rec));
    p = (struct cli_place){
        .x0 = win.x, .y0 = win.y, .x1 = win.x + win.w, .y1 = win.y + win.h};
    p.map = memcpy(cli_take(length + 1, 1), key, length);
    return p;
}

char *
cli_block_of(const struct cli_place *p, double size)
{
    char text[80];

    snprintf(text, sizeof text, "%.0f,%.0f", floor((p->x0 + p->x1) / 2 / size),
        floor((p->y0 + p->y1) / 2 / size));
    size_t n = strlen(text), m = strlen(p->map);
    char *name = cli_take(n + m + 2, 1);
    memcpy(name, text, n);
    name[n] = ' ';
    memcpy(name + n + 1, p->map, m);
    return name;
}

/* 1 if a and b are at most `gap` apart in each direction.  Coordinates are sums
   with rounding errors; a thousandth of a record is no distance. */
static int
is_near(const struct cli_place *a, const struct cli_place *b, double gap)
{
    double x = gap + 1e-3 * (a->x1 - a->x0), y = gap + 1e-3 * (a->y1 - a->y0);

    return a->x0 <= b->x1 + x && b->x0 <= a->x1 + x && a->y0 <= b->y1 + y &&
           b->y0 <= a->y1 + y && !strcmp(a->map, b->map);
}

int
cli_near(char *near, const struct cli_place *place, const char *selected, int n,
    double gap)
{
    int found = 0;

    for (int i = 0; i < n; i++) {
        near[i] = 0;
        for (int j = 0; j < n && !near[i] && !selected[i]; j++)
            near[i] = (char)(selected[j] && is_near(place + i, place + j, gap));
        found += near[i];
    }
    return found;
}
