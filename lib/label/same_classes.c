#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/label/labelmap.h"
#include "lib/label/same_classes.h"

enum { LIST = 160 }; /* longest list that a message repeats */

/* The name after the one at p; NULL after the last. */
static const char *
next_name(const char *p)
{
    p += strcspn(p, "\t");
    return *p ? p + 1 : NULL;
}

int
seg_classes_count(const char *names)
{
    int n = 0;

    for (const char *p = names; p; p = next_name(p))
        n++;
    return n;
}

/* For example "sky, road"; a long list becomes "19 classes". */
static const char *
format_list(char text[2 * LIST + 1], const char *names)
{
    size_t at = 0;

    if (strlen(names) > LIST) {
        snprintf(text, 2 * LIST, "%d classes", seg_classes_count(names));
        return text;
    }
    for (; *names; names++) {
        text[at++] = *names == '\t' ? ',' : *names;
        if (*names == '\t')
            text[at++] = ' ';
    }
    text[at] = 0;
    return text;
}

static const char *
format_name(char text[80], const char *name)
{
    int n = name ? (int)strcspn(name, "\t") : 0;

    snprintf(text, 80, "%.*s", n, name ? name : "");
    return name ? text : "missing";
}

static int
differ(const char *names, const char *others, const char *where, const char *in,
    struct seg_err *e)
{
    char x[80], y[80], list[2 * LIST + 1], other_list[2 * LIST + 1];
    const char *a = names, *b = others;
    int at = 0;

    for (; a && b; at++) {
        size_t n = strcspn(a, "\t");

        if (n != strcspn(b, "\t") || memcmp(a, b, n))
            break;
        a = next_name(a);
        b = next_name(b);
    }
    return seg_fail(e, SEG_EDATA,
        "%.400s: class %d is %s, %s %.80s: (%s) against (%s)", where, at,
        format_name(x, a), format_name(y, b), in, format_list(list, names),
        format_list(other_list, others));
}

int
seg_classes_compare(const char *names, const char *others, const char *where,
    const char *in, struct seg_err *e)
{
    if (!names || !others || !strcmp(names, others))
        return 0;
    return differ(names, others, where, in, e);
}

int
seg_classes_compare_count(const char *names, int n, const char *where,
    const char *in, struct seg_err *e)
{
    char list[2 * LIST + 1];
    int seen = seg_classes_count(names);

    if (!names || seen == n)
        return 0;
    return seg_fail(e, SEG_EDATA, "%.400s: %d classes (%s), %d %.80s", where,
        seen, format_list(list, names), n, in);
}

char *
seg_classes_list(
    struct seg_arena *a, const char *const *name, int n, struct seg_err *e)
{
    size_t size = 1;

    for (int i = 0; i < n; i++)
        size += strlen(name[i]) + 1;
    char *list = seg_take(a, size, 1, e), *p = list;
    for (int i = 0; list && i < n; i++)
        p = stpcpy(stpcpy(p, i ? "\t" : ""), name[i]);
    return list;
}

static const char *
in_known(const struct seg_known_classes *k)
{
    return k->in ? k->in : "in those before";
}

int
seg_known_classes_check_names(struct seg_known_classes *k, const char *names,
    const char *where, struct seg_err *e)
{
    if (seg_classes_compare(names, k->names, where, in_known(k), e))
        return -1;
    if (!names || k->names)
        return 0;
    k->names = seg_take_string(k->arena, names, e);
    return k->names ? 0 : -1;
}

int
seg_known_classes_check_ignore(struct seg_known_classes *k, int ignore,
    const char *where, struct seg_err *e)
{
    if (k->labeled && ignore != k->ignore)
        return seg_fail(e, SEG_EDATA, "%s: the ignore value is %d, %d %s",
            where, ignore, k->ignore, in_known(k));
    k->ignore = ignore;
    k->labeled = 1;
    return 0;
}

int
seg_known_classes_check(struct seg_known_classes *k,
    const struct seg_record *rec, const char *where, struct seg_err *e)
{
    const char *names = seg_record_meta(rec, "seg.classes");
    const char *ignore = seg_record_meta(rec, "seg.ignore");

    if (seg_known_classes_check_names(k, names, where, e))
        return -1;
    if (!seg_record_find(rec, "label"))
        return 0;
    return seg_known_classes_check_ignore(
        k, ignore ? seg_text_number(ignore, UINT16_MAX) : SEG_IGNORE, where, e);
}
