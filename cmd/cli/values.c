/* Parses the values of options. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/internal.h"

static const char *like; /* for messages, see cli_set_option */

static void
wrong(const struct cli_option *o, const char *value, const char *wanted)
{
    const char *shown = *value ? value : "''";

    if (like)
        cli_usage("--%s: %.200s is not %s; did you mean --%s?", o->name, shown,
            wanted, like);
    cli_usage("--%s: %.200s is not %s", o->name, shown, wanted);
}

/* True if end is the end of value and value begins with no blank: strto*
   accepts blanks before a number and text after it. */
static int
is_whole(const char *value, const char *end)
{
    return *value && !isspace((unsigned char)*value) && end != value && !*end;
}

static int
has_range(const struct cli_option *o)
{
    return o->min != 0 || o->max != 0;
}

static void
check_range(const struct cli_option *o, const char *value, double x)
{
    if (!isnan(x) && (!has_range(o) || (x >= o->min && x <= o->max)))
        return;
    if (isnan(x) || o->max > 1e15)
        cli_usage("--%s: %.200s is not %g or more", o->name, value, o->min);
    cli_usage(
        "--%s: %.200s is not within %g to %g", o->name, value, o->min, o->max);
}

static int
parse_int(const struct cli_option *o, const char *value)
{
    char *end;

    errno = 0;
    long x = strtol(value, &end, 10);
    if (!is_whole(value, end))
        wrong(o, value, "a whole number");
    if (errno || x > INT_MAX || x < INT_MIN)
        cli_usage("--%s: %.200s is too large", o->name, value);
    check_range(o, value, (double)x);
    return (int)x;
}

static uint64_t
parse_u64(const struct cli_option *o, const char *value)
{
    char *end;

    errno = 0;
    uint64_t x = strtoull(value, &end, 10);
    if (!is_whole(value, end) || *value == '-')
        wrong(o, value, "a whole number");
    if (errno)
        cli_usage("--%s: %.200s is too large", o->name, value);
    check_range(o, value, (double)x);
    return x;
}

static double
parse_float(const struct cli_option *o, const char *value)
{
    char *end;
    double x = strtod(value, &end);

    if (!is_whole(value, end))
        wrong(o, value, "a number");
    check_range(o, value, x);
    if (!isfinite(x))
        wrong(o, value, "a finite number");
    return x;
}

static size_t
parse_size(const struct cli_option *o, const char *value)
{
    static const char suffix[] = "KMG";
    char *end;

    errno = 0;
    unsigned long long x = strtoull(value, &end, 10);
    const char *s = *end && end != value ? strchr(suffix, *end) : NULL;
    if (s)
        end++;
    if (!is_whole(value, end) || *value == '-' || *value == '+')
        wrong(o, value, "a size in bytes, with or without suffix K, M or G");
    int shift = s ? 10 * (int)(s - suffix + 1) : 0;
    if (errno || x > SIZE_MAX >> shift)
        cli_usage("--%s: %.200s is too large", o->name, value);
    return (size_t)x << shift;
}

static int
parse_choice(const struct cli_option *o, const char *value)
{
    char all[400] = "";

    for (int i = 0; o->choices[i]; i++) {
        if (!strcmp(o->choices[i], value))
            return i;
        size_t n = strlen(all);
        snprintf(all + n, sizeof all - n, "%s%s", n ? ", " : "", o->choices[i]);
    }
    const char *near = cli_nearest(value, o->choices);
    if (near)
        cli_usage("--%s: %.200s is not one of %s; did you mean %s?", o->name,
            value, all, near);
    cli_usage("--%s: %.200s is not one of %s", o->name, value, all);
}

/* "240x180", or "256" for both */
static void
parse_wxh(const struct cli_option *o, const char *value, int *size)
{
    char *end;

    for (int i = 0; i < 2; i++) {
        errno = 0;
        long x = strtol(value, &end, 10);
        int last = i == 1 || *end != 'x';
        if (!isdigit((unsigned char)*value) || (last && *end))
            wrong(o, value, "WxH or one number");
        if (errno || x > INT_MAX)
            cli_usage("--%s: %.200s is too large", o->name, value);
        check_range(o, value, (double)x);
        if (x == 0 && !has_range(o))
            wrong(o, value, "a size of 1 or more");
        size[i] = (int)x;
        if (i == 0 && last) {
            size[1] = size[0];
            return;
        }
        value = end + 1;
    }
}

static void
add_item(struct cli_list *list, const char *value)
{
    if (list->n % 16 == 0) {
        const char **wider = cli_take((size_t)list->n + 16, sizeof *wider);
        for (int i = 0; i < list->n; i++)
            wider[i] = list->item[i];
        list->item = wider;
    }
    list->item[list->n++] = value;
}

void
cli_set_option(
    const struct cli_option *o, const char *value, const char *similar)
{
    like = similar;
    switch (o->type) {
    case CLI_FLAG:
        *(int *)o->target = 1;
        break;
    case CLI_INT:
        *(int *)o->target = parse_int(o, value);
        break;
    case CLI_U64:
        *(uint64_t *)o->target = parse_u64(o, value);
        break;
    case CLI_FLOAT:
        *(double *)o->target = parse_float(o, value);
        break;
    case CLI_TEXT:
        *(const char **)o->target = value;
        break;
    case CLI_CHOICE:
        *(int *)o->target = parse_choice(o, value);
        break;
    case CLI_SIZE:
        *(size_t *)o->target = parse_size(o, value);
        break;
    case CLI_LIST:
        add_item(o->target, value);
        break;
    case CLI_WXH:
        parse_wxh(o, value, o->target);
        break;
    }
}
