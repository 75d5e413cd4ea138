/* The group of a key by a pattern. */
#include <string.h>

#include "lib/dataset/key_group.h"
#include "tests/unit/tap.h"

static const struct {
    const char *pattern, *key, *group; /* group NULL: no match */
} cases[] = {
    {"*_frame*", "patient003_frame01_07", "patient003"},
    {"(*_frame*)_*", "patient003_frame01_07", "patient003_frame01"},
    {"*", "whole", "whole"},
    {"*@*", "brain@12@3,4", "brain"},
    {"(*)@*", "brain@12@3,4", "brain"},
    {"*@??", "brain@1@34", "brain@1"},
    {"site?/(*-*)-*", "site1/p-3-7", "p-3"},
    {"*/(*)/*", "a/b/c/d", "b"},
    {"a(b)c", "abc", "b"},
    {"(p??1)*", "p0012", "p001"},
    {"*ab", "aaab", "aa"},
    {"*_ab", "x_a_ab", "x_a"},
    {"(*a)b*", "xaab", "xaa"},
    {"*_*", "none", NULL},
    {"*_*", "_empty", NULL},
    {"*?x", "x", NULL},
    {"a*b", "ac", NULL},
    {"*(x)", "xy", NULL},
    {"?", "", NULL},
};

static void
test_groups(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seg_key_group g;
        const char *want = cases[i].group;
        int found = seg_key_group_find(&g, cases[i].pattern, cases[i].key);

        ok(found == (want != NULL) &&
                (!found || (g.length == strlen(want) &&
                               !memcmp(g.at, want, g.length))),
            "%s: group of %s", cases[i].pattern, cases[i].key);
    }
}

/* Without the rule for the last star this takes years. */
static void
test_many_stars(void)
{
    struct seg_key_group g;
    char pattern[200], key[4000];

    memset(key, 'a', sizeof key);
    key[sizeof key - 1] = 0;
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = i & 1 ? 'a' : '*';
    memcpy(pattern + sizeof pattern - 2, "b", 2);
    ok(!seg_key_group_find(&g, pattern, key), "many stars end");
}

static void
test_check(void)
{
    struct seg_err e;

    ok(!seg_key_group_check("*x", &e) && !seg_key_group_check("(x)", &e),
        "patterns with * or ( ) are accepted");
    ok(seg_key_group_check("x?", &e) && e.kind == SEG_EUSAGE &&
            seg_key_group_check("", &e) && seg_key_group_check("*(", &e) &&
            seg_key_group_check(")*(", &e) &&
            seg_key_group_check("(*)(*)", &e) &&
            seg_key_group_check("((*))", &e),
        "patterns without a group are refused");
}

int
main(void)
{
    test_groups();
    test_many_stars();
    test_check();
    return done();
}
