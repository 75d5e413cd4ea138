/* Parses the key=value settings of a line by the operator's table. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/net/tape.h"

enum { LONGEST = 48 }; /* longer words are not compared */

/* Levenshtein distance. */
static int
distance(const char *a, const char *b)
{
    int row[LONGEST + 1];
    int n = (int)strlen(b);

    for (int j = 0; j <= n; j++)
        row[j] = j;
    for (int i = 0; a[i]; i++) {
        int corner = row[0];
        row[0] = i + 1;
        for (int j = 0; j < n; j++) {
            int best = corner + (a[i] != b[j]);
            if (row[j + 1] + 1 < best)
                best = row[j + 1] + 1;
            if (row[j] + 1 < best)
                best = row[j] + 1;
            corner = row[j + 1];
            row[j + 1] = best;
        }
    }
    return row[n];
}

void
seg_nearest_offer(struct seg_nearest *q, const char *word)
{
    size_t n = strlen(q->seen);

    if (n > LONGEST || strlen(word) > LONGEST)
        return;
    int d = distance(q->seen, word);
    if (d > 2 || d >= (int)n || (q->best && d >= q->distance))
        return;
    q->best = word;
    q->distance = d;
}

static int
unknown_key(const struct seg_step *s, const char *key, struct seg_err *e)
{
    char known[200] = "";
    size_t at = 0;

    for (const struct seg_setting *t = s->op->settings; t->key; t++)
        at += (size_t)snprintf(
            known + at, sizeof known - at, "%s%s", at ? ", " : "", t->key);
    if (!at)
        return seg_step_fail(
            s, e, "unknown setting '%s': %s has none", key, s->op->name);
    return seg_step_fail(
        s, e, "unknown setting '%s': %s has %s", key, s->op->name, known);
}

static int
set_word(const struct seg_step *s, const struct seg_setting *t, double *to,
    const char *value, struct seg_err *e)
{
    char known[200] = "";
    size_t at = 0;

    for (int i = 0; t->words[i]; i++) {
        if (!strcmp(t->words[i], value)) {
            *to = i;
            return 0;
        }
        at += (size_t)snprintf(
            known + at, sizeof known - at, "%s%s", at ? ", " : "", t->words[i]);
    }
    return seg_step_fail(s, e, "%s=%s is not one of %s", t->key, value, known);
}

static int
set_number(const struct seg_step *s, const struct seg_setting *t, double *to,
    const char *value, struct seg_err *e)
{
    char *end;
    double x = strtod(value, &end);

    if (end == value || *end || !isfinite(x))
        return seg_step_fail(s, e, "%s=%s is not a number", t->key, value);
    if (t->kind == SEG_SET_INT && x != floor(x))
        return seg_step_fail(
            s, e, "%s=%s is not a whole number", t->key, value);
    if (x < t->min || x > t->max)
        return seg_step_fail(s, e, "%s=%s is not within %.10g..%.10g", t->key,
            value, t->min, t->max);
    *to = x;
    return 0;
}

static int
set_node(struct seg_step *s, const struct seg_net *net,
    const struct seg_setting *t, const char *value, struct seg_err *e)
{
    int here = (int)(s - net->step);
    int i = seg_net_find(net, here, value);
    struct seg_nearest near = {value, NULL, 0};

    if (i >= 0) {
        s->like = net->value + i;
        return 0;
    }
    for (i = 0; i < here; i++)
        seg_nearest_offer(&near, net->step[i].name);
    if (near.best)
        return seg_step_fail(s, e,
            "%s=%s: no node above has this name; did you mean '%s'?", t->key,
            value, near.best);
    return seg_step_fail(
        s, e, "%s=%s: no node above has this name", t->key, value);
}

static int
set_one(struct seg_step *s, const struct seg_net *net,
    const struct seg_setting *t, const char *value, struct seg_err *e)
{
    double *to = s->set + (t - s->op->settings);

    switch (t->kind) {
    case SEG_SET_WORD:
        return set_word(s, t, to, value, e);
    case SEG_SET_NODE:
        return set_node(s, net, t, value, e);
    default:
        return set_number(s, t, to, value, e);
    }
}

int
seg_settings_parse(struct seg_step *s, const struct seg_net *net, char **word,
    int n, struct seg_err *e)
{
    const struct seg_setting *table = s->op->settings;
    unsigned seen = 0;

    for (int i = 0; table[i].key; i++)
        s->set[i] = table[i].preset;
    for (int k = 0; k < n; k++) {
        char *value = strchr(word[k], '=');
        int i = 0;
        if (!value || value == word[k] || !value[1])
            return seg_step_fail(
                s, e, "'%s' is not of the form setting=value", word[k]);
        *value++ = 0;
        while (table[i].key && strcmp(table[i].key, word[k]))
            i++;
        if (!table[i].key)
            return unknown_key(s, word[k], e);
        if (seen >> i & 1)
            return seg_step_fail(s, e, "setting %s is given twice", word[k]);
        seen |= 1u << i;
        if (set_one(s, net, table + i, value, e))
            return -1;
    }
    for (int i = 0; table[i].key; i++)
        if (table[i].required && !(seen >> i & 1))
            return seg_step_fail(
                s, e, "%s needs the setting %s", s->op->name, table[i].key);
    return 0;
}
