#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "formats/table/log.h"
#include "formats/table/results.h"
#include "lib/base/text.h"

/* Is all of s a number?  Titles and "-" are not. */
static int
parse_number(const char *s, double *x)
{
    char *end;

    if (!s || !*s)
        return 0;
    *x = strtod(s, &end);
    return !*end;
}

/* Cuts the last part off *path and returns it; *path is NULL if nothing is
   left. */
static const char *
cut_last_part(char **path)
{
    char *slash = *path ? strrchr(*path, '/') : NULL;
    const char *part = slash ? slash + 1 : *path;

    if (slash)
        *slash = 0;
    else
        *path = NULL;
    return part;
}

/* Names the run of r by the path of one of its files. */
static int
parse_path(struct seg_table *t, struct seg_result *r, const char *path,
    struct seg_err *e)
{
    char *rest = seg_take_string(&t->arena, path, e);

    if (!rest)
        return -1;
    cut_last_part(&rest);
    r->seed = cut_last_part(&rest);
    r->method = cut_last_part(&rest);
    r->budget = cut_last_part(&rest);
    if (!r->budget || !*r->budget || !*r->method || !*r->seed)
        return seg_fail(e, SEG_EUSAGE,
            "%s: its path does not end in BUDGET/METHOD/SEED/FILE", path);
    return 0;
}

/* Adds a row of the table of classes, "NAME TAB value ...", as the metrics
   iou:NAME and dice:NAME if they have a value.  titles: the rest of its first
   line. */
static int
add_class(struct seg_table *t, struct seg_result *r, const char *titles,
    char *values, struct seg_err *e)
{
    struct seg_result one = *r;
    const char *value;

    while ((value = seg_text_field(&values))) {
        size_t n = strcspn(titles, "\t");
        int wanted = (n == 3 && !memcmp(titles, "iou", n)) ||
                     (n == 4 && !memcmp(titles, "dice", n));

        if (wanted && parse_number(value, &one.value)) {
            one.metric = seg_take_text(
                &t->arena, e, "%.*s:%s", (int)n, titles, r->metric);
            if (!one.metric || seg_table_add(t, &one, e))
                return -1;
        }
        titles += n + (titles[n] == '\t');
    }
    return 0;
}

static int
add_scores(struct seg_table *t, struct seg_result *r, char *text,
    const char *path, int classes, struct seg_err *e)
{
    const char *titles = NULL; /* of the table of classes, while in it */
    char *line;
    int found = 0;

    while ((line = seg_text_line(&text))) {
        r->metric = seg_text_field(&line);
        if (titles && line && add_class(t, r, titles, line, e))
            return -1;
        if (titles && line)
            continue;
        titles = classes && line && !strcmp(r->metric, "class") ? line : NULL;
        if (!parse_number(line, &r->value))
            continue;
        found = 1;
        if (seg_table_add(t, r, e))
            return -1;
    }
    if (!found)
        return seg_fail(
            e, SEG_EDATA, "%s: no line of a metric and its value", path);
    return 0;
}

/* ---- logs of trainings ---- */

/* Does the line of titles begin with "step", and is "seconds" one of them? */
static int
is_log(const char *text)
{
    text = seg_tsv_skip_comments(text);
    size_t n = strcspn(text, "\r\n");
    const char *seconds = strstr(text, "\tseconds");

    return !strncmp(text, "step\t", 5) && seconds && seconds < text + n &&
           strchr("\t\r\n", seconds[8]);
}

/* Number of steps and their total time. */
static int
read_log(struct seg_arena *a, char *text, const char *path, int *steps,
    double *seconds, struct seg_err *e)
{
    struct seg_tsv log;

    if (seg_tsv_parse(&log, a, text, path, e))
        return -1;
    *steps = log.rows;
    return seg_log_seconds(seconds, &log, a, e);
}

static int
is_run(const struct seg_run_cost *c, const struct seg_result *r)
{
    return !strcmp(c->seed, r->seed) && !strcmp(c->method, r->method) &&
           !strcmp(c->budget, r->budget);
}

/* The cost of the run of r; a new one is 0.  Searched from the end, as logs of
   a run usually follow each other. */
static struct seg_run_cost *
find_cost(struct seg_table *t, struct seg_costs *c, const struct seg_result *r,
    struct seg_err *e)
{
    for (int i = c->n; i-- > 0;)
        if (is_run(c->run + i, r))
            return c->run + i;
    struct seg_run_cost *run =
        seg_grow(&t->arena, c->run, (size_t)c->n, &c->capacity, sizeof *run, e);
    if (!run)
        return NULL;
    c->run = run;
    run[c->n] = (struct seg_run_cost){r->budget, r->method, r->seed, 0, 0};
    return run + c->n++;
}

static int
add_log(struct seg_table *t, struct seg_costs *c, const struct seg_result *r,
    struct seg_arena *a, char *text, const char *path, struct seg_err *e)
{
    int steps = 0;
    double seconds = 0;

    if (read_log(a, text, path, &steps, &seconds, e))
        return -1;
    struct seg_run_cost *cost = find_cost(t, c, r, e);
    if (!cost)
        return -1;
    if (steps > INT_MAX - cost->steps)
        return seg_fail(e, SEG_EDATA, "%s: too many steps", path);
    cost->steps += steps;
    cost->seconds += seconds;
    return 0;
}

int
seg_results_costs(
    struct seg_table *t, const struct seg_costs *c, struct seg_err *e)
{
    for (int i = 0; i < c->n; i++) {
        const struct seg_run_cost *run = c->run + i;
        struct seg_result r = {.budget = run->budget,
            .method = run->method,
            .seed = run->seed,
            .metric = "minutes",
            .value = run->seconds / 60};

        if (seg_table_add(t, &r, e))
            return -1;
        r.metric = "steps";
        r.value = run->steps;
        if (seg_table_add(t, &r, e))
            return -1;
    }
    return 0;
}

int
seg_results_run(struct seg_table *t, struct seg_costs *c, struct seg_arena *a,
    char *text, const char *path, int classes, struct seg_err *e)
{
    struct seg_result r = {0};

    if (parse_path(t, &r, path, e))
        return -1;
    return is_log(text) ? add_log(t, c, &r, a, text, path, e)
                        : add_scores(t, &r, text, path, classes, e);
}

/* ---- long rows ---- */

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
    for (int row = 2; (line = seg_text_line(&text)); row++) {
        struct seg_result r;

        r.budget = seg_text_field(&line);
        r.method = seg_text_field(&line);
        r.seed = seg_text_field(&line);
        r.metric = seg_text_field(&line);
        if (!parse_number(line, &r.value))
            return seg_fail(e, SEG_EDATA,
                "%s:%d: expected four names and a number", name, row);
        if (seg_table_add(t, &r, e))
            return -1;
    }
    return 0;
}
