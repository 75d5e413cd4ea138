/* Relative positions of slices, from keys. */
#include "lib/dataset/position.h"
#include "tests/unit/tap.h"

static struct seg_err err;

static void
add(struct seg_positions *p, const char *format, int first, int last)
{
    char key[80];
    int good = 1;

    for (int i = first; i <= last; i++) {
        snprintf(key, sizeof key, format, i);
        good &= seg_positions_add(p, key, &err) == 1;
    }
    ok(good, "%s: added", format);
}

static void
part(struct seg_positions *p, const char *key, int parts, int expected)
{
    int seen = -1;
    int got = seg_positions_part(p, key, parts, &seen, &err);

    ok(expected < 0 ? got == 0 : got == 1 && seen == expected,
        "%s: part %d of %d, expected %d", key, seen, parts, expected);
}

int
main(void)
{
    struct seg_positions p = {0}, q = {.pattern = "*_frame*"};

    add(&p, "patient003_frame01_%02d", 1, 8);
    add(&p, "patient003_frame15_%02d@3,17", 1, 3);
    part(&p, "patient003_frame01_01", 4, 0);
    part(&p, "patient003_frame01_02@7,8", 4, 0);
    part(&p, "patient003_frame01_03", 4, 1);
    part(&p, "patient003_frame01_08", 4, 3);
    part(&p, "patient003_frame01_8", 4, 3);
    part(&p, "patient003_frame15_01", 4, 0);
    part(&p, "patient003_frame15_02", 4, 1);
    part(&p, "patient003_frame15_03", 4, 2);
    part(&p, "patient003_frame15_04", 4, -1);
    part(&p, "patient004_frame15_01", 4, -1);
    part(&p, "none", 4, -1);
    part(&p, "", 4, -1);
    ok(seg_positions_add(&p, "brain@7", &err) == 0, "no number before the @");

    add(&q, "a_frame%d", 3, 12);
    add(&q, "a_frame20_%d", 30, 32);
    part(&q, "a_frame3", 10, 0);
    part(&q, "a_frame20_32", 10, 9);
    part(&q, "a_frame12", 10, 3);
    part(&q, "b12", 10, -1);
    for (int i = 0; i < 5; i++)
        ok(seg_position_part((size_t)i, 5, 5) == i, "slice %d of 5", i);
    ok(seg_position_part(1, 2, 4) == 2, "slice 1 of 2 in four parts");
    seg_positions_free(&p);
    seg_positions_free(&q);
    return done();
}
