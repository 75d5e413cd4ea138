/* Lists of classes: which ones differ, and the messages. */
#include <string.h>

#include "lib/label/same_classes.h"
#include "tests/unit/tap.h"

static struct seg_arena arena;
static struct seg_err err;

static void
differs(const char *names, const char *others, const char *line)
{
    int status = seg_classes_compare(names, others, "k", "in m", &err);

    if (!ok(status < 0 && err.kind == SEG_EDATA && !strcmp(err.text, line),
            "%s", line))
        note("%d: %s", status, err.text);
}

static void
test_lists(void)
{
    ok(!seg_classes_compare("a\tb", "a\tb", "k", "in m", &err), "one list");
    ok(!seg_classes_compare(NULL, "a\tb", "k", "in m", &err) &&
            !seg_classes_compare("a\tb", NULL, "k", "in m", &err) &&
            !seg_classes_compare(NULL, NULL, "k", "in m", &err),
        "a side without names agrees");
    differs("b\ta", "a\tb", "k: class 0 is b, a in m: (b, a) against (a, b)");
    differs("a\tb\tc", "a\tb",
        "k: class 2 is c, missing in m: (a, b, c) against (a, b)");
    differs("a", "a\tb", "k: class 1 is missing, b in m: (a) against (a, b)");
    differs("ab", "a\tb", "k: class 0 is ab, a in m: (ab) against (a, b)");
    differs(
        "a\tb", "a\tbc", "k: class 1 is b, bc in m: (a, b) against (a, bc)");
    differs("", "a", "k: class 0 is , a in m: () against (a)");
    ok(seg_classes_count(NULL) == 0 && seg_classes_count("a") == 1 &&
            seg_classes_count("a\tb c\td") == 3,
        "classes are counted");
}

/* The longest possible names: the end of the message is not cut off. */
static void
test_long(void)
{
    static char names[200 * 256], others[200 * 256];

    memset(names, 'x', sizeof names - 1);
    for (size_t i = 199; i < sizeof names - 1; i += 200)
        names[i] = '\t';
    memcpy(others, names, sizeof names);
    others[200 * 100] = 'y';
    int status = seg_classes_compare(names, others, names, "in m", &err);
    ok(status < 0 && strstr(err.text, ": class 100 is xxx") &&
            strstr(err.text, "(256 classes) against (256 classes)"),
        "long names and lists are cut, and counted");
}

static void
test_numbers(void)
{
    ok(!seg_classes_compare_count("a\tb", 2, "k", "in m", &err) &&
            !seg_classes_compare_count(NULL, 2, "k", "in m", &err),
        "as many classes, or none named");
    ok(seg_classes_compare_count("a\tb", 3, "k", "in m", &err) < 0 &&
            !strcmp(err.text, "k: 2 classes (a, b), 3 in m"),
        "another number");
    const char *name[] = {"sky", "a road"};
    const char *list = seg_classes_list(&arena, name, 2, &err);
    ok(list && !strcmp(list, "sky\ta road"), "names make a list");
}

static struct seg_record
record(const char *names, const char *ignore, int label)
{
    struct seg_record r = {0};
    size_t shape[] = {1, 1};

    if ((names && seg_record_set(&r, "seg.classes", names, &err)) ||
        (ignore && seg_record_set(&r, "seg.ignore", ignore, &err)) ||
        (label && !seg_record_add(&r, "label", SEG_U8, 2, shape, &err)))
        note("%s", err.text);
    return r;
}

static void
test_stream(void)
{
    struct seg_known_classes k = {.arena = &arena};
    static const struct {
        const char *names, *ignore;
        int label, status;
        const char *what;
    } step[] = {
        {NULL, "7", 0, 0, "a record without names or label says nothing"},
        {"a\tb", NULL, 0, 0, "the first one with names decides"},
        {NULL, NULL, 1, 0, "the first one with a label its ignore value"},
        {"a\tb", "255", 1, 0, "255 where nothing is said"},
        {"b\ta", NULL, 0, -1, "another order"},
        {"a\tb", "0", 1, -1, "another ignore value"},
        {"a\tb", "0", 0, 0, "which means nothing without a label"},
        {NULL, NULL, 1, 0, "a record without names agrees"},
    };

    for (size_t i = 0; i < sizeof step / sizeof *step; i++) {
        struct seg_record r =
            record(step[i].names, step[i].ignore, step[i].label);

        ok(seg_known_classes_check(&k, &r, "k", &err) == step[i].status, "%s",
            step[i].what);
        seg_record_free(&r);
    }
    ok(k.names && !strcmp(k.names, "a\tb") && k.ignore == 255,
        "what was known stays");
}

int
main(void)
{
    test_lists();
    test_long();
    test_numbers();
    test_stream();
    seg_arena_free(&arena);
    return done();
}
