#include <stdlib.h>
#include <string.h>

#include "formats/table/results.h"
#include "lib/base/text.h"

/* A number that fills its field; titles and "-" are none. */
static int
number(const char *s, double *x)
{
    char *end;

    if (!s || !*s)
        return 0;
    *x = strtod(s, &end);
    return !*end;
}

/* The last part of *path, cut off it; NULL where nothing is left. */
static const char *
last_part(char **path)
{
    char *slash = *path ? strrchr(*path, '/') : NULL;
    const char *part = slash ? slash + 1 : *path;

    if (slash)
        *slash = 0;
    else
        *path = NULL;
    return part;
}

int
seg_results_cell(
    struct seg_table *t, char *text, const char *path, struct seg_err *e)
{
    struct seg_result r;
    char *at = seg_take_string(&t->arena, path, e);
    char *line;
    int found = 0;

    if (!at)
        return -1;
    last_part(&at);
    r.seed = last_part(&at);
    r.method = last_part(&at);
    r.budget = last_part(&at);
    if (!r.budget || !*r.budget || !*r.method || !*r.seed)
        return seg_fail(e, SEG_EUSAGE,
            "%s: its path does not end in BUDGET/METHOD/SEED/FILE", path);
    while ((line = seg_text_line(&text))) {
        r.metric = seg_text_field(&line);
        if (!number(line, &r.value))
            continue;
        found = 1;
        if (seg_table_add(t, &r, e))
            return -1;
    }
    if (!found)
        return seg_fail(
            e, SEG_EDATA, "%s: no line of a metric and its value", path);
    return 0;
}

int
seg_results_rows(
    struct seg_table *t, char *text, const char *name, struct seg_err *e)
{
    char *line = seg_text_line(&text);

    if (!line || strcmp(line, "budget\tmethod\tseed\tmetric\tvalue"))
        return seg_fail(e, SEG_EDATA,
            "%s:1: expected the titles budget, method, seed, metric, value, "
            "with tabs between",
            name);
    if (!text || !*text)
        return seg_fail(e, SEG_EDATA, "%s: no rows under the titles", name);
    for (int at = 2; (line = seg_text_line(&text)); at++) {
        struct seg_result r;

        r.budget = seg_text_field(&line);
        r.method = seg_text_field(&line);
        r.seed = seg_text_field(&line);
        r.metric = seg_text_field(&line);
        if (!number(line, &r.value))
            return seg_fail(e, SEG_EDATA,
                "%s:%d: expected four names and a number", name, at);
        if (seg_table_add(t, &r, e))
            return -1;
    }
    return 0;
}
