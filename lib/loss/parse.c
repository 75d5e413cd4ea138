/* Sums of losses from text: ce+0.5*dice(batch=1). */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/loss/sum.h"

/* The rest of the text, and the beginning of messages. */
struct parser {
    const char *at, *prefix;
    struct seg_err *e;
};

static const char *
skip_blanks(struct parser *p)
{
    return p->at += strspn(p->at, " ");
}

/* Length of a word of letters, digits and underscores. */
static int
word(const char *s)
{
    int n = 0;

    while (isalnum((unsigned char)s[n]) || s[n] == '_')
        n++;
    return n;
}

/* Characters of a wrong word to show, up to the next separator. */
static int
wrong(const char *s)
{
    size_t n = strcspn(s, "+*(),=");

    return n < 40 ? (int)n : 40;
}

static const struct seg_loss *
find_loss(struct parser *p)
{
    char known[200] = "";
    size_t at = 0;
    int n = word(p->at), shown = wrong(p->at);

    for (const struct seg_loss *const *l = seg_losses; *l; l++) {
        if (n && !strncmp((*l)->name, p->at, (size_t)n) && !(*l)->name[n]) {
            p->at += n;
            return *l;
        }
        at += (size_t)snprintf(
            known + at, sizeof known - at, "%s%s", at ? ", " : "", (*l)->name);
    }
    if (shown)
        seg_fail(p->e, SEG_EUSAGE, "%s: '%.*s' is not a loss: expected %s",
            p->prefix, shown, p->at, known);
    else
        seg_fail(p->e, SEG_EUSAGE, "%s: a loss is missing: expected %s",
            p->prefix, known);
    return NULL;
}

static int
unknown_setting(struct parser *p, const struct seg_loss *l)
{
    char known[200] = "";
    size_t at = 0;

    for (const struct seg_loss_setting *s = l->settings; s->key; s++)
        at += (size_t)snprintf(
            known + at, sizeof known - at, "%s%s", at ? ", " : "", s->key);
    return seg_fail(p->e, SEG_EUSAGE, "%s: unknown setting '%.*s': %s has %s",
        p->prefix, wrong(p->at), p->at, l->name, at ? known : "none");
}

/* KEY=VALUE; *seen has a bit for each setting given. */
static int
parse_setting(struct parser *p, struct seg_loss_term *t, unsigned *seen)
{
    const struct seg_loss_setting *s = t->loss->settings;
    int n = word(skip_blanks(p)), i = 0;
    char *end;

    while (s[i].key && (strncmp(s[i].key, p->at, (size_t)n) || s[i].key[n]))
        i++;
    if (!n || !s[i].key)
        return unknown_setting(p, t->loss);
    s += i;
    if (*seen >> i & 1)
        return seg_fail(p->e, SEG_EUSAGE, "%s: %s of %s is given twice",
            p->prefix, s->key, t->loss->name);
    *seen |= 1u << i;
    if (p->at[n] != '=')
        return seg_fail(p->e, SEG_EUSAGE, "%s: %s of %s needs a value: %s=%g",
            p->prefix, s->key, t->loss->name, s->key, s->normal);
    p->at += n + 1;
    double x = strtod(p->at, &end);
    if (end == p->at || !(x >= s->min && x <= s->max) ||
        (s->whole && x != floor(x)))
        return seg_fail(p->e, SEG_EUSAGE,
            "%s: %s=%.*s of %s is not a %snumber within %g..%g", p->prefix,
            s->key, wrong(p->at), p->at, t->loss->name,
            s->whole ? "whole " : "", s->min, s->max);
    t->set[i] = x;
    p->at = end;
    skip_blanks(p);
    return 0;
}

static int
parse_settings(struct parser *p, struct seg_loss_term *t)
{
    unsigned seen = 0;

    for (int i = 0; t->loss->settings[i].key; i++)
        t->set[i] = t->loss->settings[i].normal;
    if (*p->at != '(')
        return 0;
    do {
        p->at++;
        if (parse_setting(p, t, &seen))
            return -1;
    } while (*p->at == ',');
    if (*p->at != ')')
        return seg_fail(p->e, SEG_EUSAGE,
            "%s: '%.40s' after the settings of %s: expected , or )", p->prefix,
            p->at, t->loss->name);
    p->at++;
    return 0;
}

static int
parse_term(struct parser *p, struct seg_loss_term *t)
{
    char *end;
    const char *begin = skip_blanks(p);

    t->weight = strtod(begin, &end);
    if (end > begin && *end == '*')
        p->at = end + 1;
    else
        t->weight = 1;
    t->loss = find_loss(p);
    if (!t->loss)
        return -1;
    if (!((float)t->weight > 0) || !isfinite((float)t->weight))
        return seg_fail(p->e, SEG_EUSAGE,
            "%s: weight %.*s of %s is not a positive finite number", p->prefix,
            wrong(begin), begin, t->loss->name);
    return parse_settings(p, t);
}

int
seg_loss_parse(struct seg_loss_sum *l, const char *text, const char *prefix,
    struct seg_err *e)
{
    struct parser p = {.at = text, .prefix = prefix, .e = e};

    for (l->terms = 0;; p.at++) {
        struct seg_loss_term *t = l->term + l->terms;

        if (l->terms == SEG_LOSS_TERMS)
            return seg_fail(e, SEG_EUSAGE, "%s: more than %d terms", prefix,
                SEG_LOSS_TERMS);
        if (parse_term(&p, t))
            return -1;
        for (int i = 0; i < l->terms; i++)
            if (l->term[i].loss == t->loss)
                return seg_fail(e, SEG_EUSAGE, "%s: %s is given twice", prefix,
                    t->loss->name);
        l->terms++;
        if (*skip_blanks(&p) != '+')
            break;
    }
    if (*p.at)
        return seg_fail(e, SEG_EUSAGE, "%s: '%.40s' after %s: expected +",
            prefix, p.at, l->term[l->terms - 1].loss->name);
    return 0;
}
