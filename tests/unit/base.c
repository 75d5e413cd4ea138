/* Arenas and their limits, errors, hashes, random numbers, checked products. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/hash.h"
#include "lib/base/rng.h"
#include "tests/unit/tap.h"

static void
test_arena(void)
{
    struct seg_arena a = {0};
    struct seg_err e;
    int aligned = 1, zeroed = 1;

    for (size_t n = 1; n < 5000; n = n * 3 + 1) {
        char *p = seg_take(&a, n, 3, &e);
        aligned &= p && (uintptr_t)p % 64 == 0;
        for (size_t i = 0; p && i < n * 3; i++)
            zeroed &= p[i] == 0;
        memset(p, 0xff, n * 3);
    }
    ok(aligned, "blocks are aligned to 64 bytes");
    ok(zeroed, "blocks are zeroed");
    seg_arena_reset(&a);
    char *p = seg_take(&a, 1000, 1, &e);
    for (int i = 0; i < 1000; i++)
        zeroed &= p[i] == 0;
    ok(zeroed, "and again after a reset, in used memory");
    char *empty = seg_take(&a, 0, 8, &e);
    ok(empty && empty != p, "a block of nothing is a block");
    size_t held = a.held;
    char *large = seg_take_dirty(&a, 3 << 20, 1, &e);
    ok(large && (uintptr_t)large % 64 == 0 && a.held >= held + (3 << 20),
        "a large block, counted");
    ok(!strcmp(seg_take_text(&a, &e, "%s %d", "x", 7), "x 7"), "text");
    ok(!strcmp(seg_take_bytes(&a, "abc", 2, &e), "ab"), "bytes");
    seg_arena_free(&a);
    ok(a.held == 0, "all is given back");
}

static void
test_lists(void)
{
    struct seg_arena a = {0};
    struct seg_err e;
    size_t room = 0, n = 0, moves = 0;
    int *list = NULL, good = 1;

    for (; n < 1000; n++) {
        int *more = seg_grow(&a, list, n, &room, sizeof *more, &e);

        good &= more && room > n;
        moves += more != list;
        list = more;
        list[n] = (int)n;
    }
    for (size_t i = 0; i < n; i++)
        good &= list[i] == (int)i;
    ok(good && moves == 7, "a list of 1000 moves %zu times", moves);
    a.limit = a.held;
    n = room;
    ok(!seg_grow(&a, list, n, &room, 1 << 20, &e) && room == n,
        "and stays where there is no more memory");
    seg_arena_free(&a);
}

static void
test_limits(void)
{
    struct seg_arena a = {.limit = 1 << 20};
    struct seg_err e = {0};

    ok(seg_take(&a, 1 << 19, 1, &e) != NULL, "within the limit");
    ok(!seg_take(&a, 1 << 20, 1, &e) && e.kind == SEG_EMEM, "over the limit");
    ok(strstr(e.text, "1048576") != NULL, "which the message names");
    seg_arena_reset(&a);
    ok(seg_take(&a, 1 << 18, 1, &e) != NULL, "and on after a reset");
    seg_arena_free(&a);
    a.limit = 0;
    e.kind = 0;
    ok(!seg_take(&a, SIZE_MAX / 2, 3, &e) && e.kind == SEG_EMEM,
        "a product that does not fit");
    ok(!seg_take(&a, SIZE_MAX - 10, 1, &e), "a size that rounds up to nothing");
    seg_arena_free(&a);
}

static void
test_products(void)
{
    size_t x = 0;

    ok(!seg_mul(&x, 6, 7) && x == 42, "6 x 7");
    ok(!seg_mul(&x, SIZE_MAX, 1) && x == SIZE_MAX, "the largest");
    ok(!seg_mul(&x, SIZE_MAX, 0) && x == 0, "times 0");
    ok(seg_mul(&x, SIZE_MAX, 2) < 0, "overflow by a bit");
    ok(seg_mul(&x, (size_t)1 << 32, (size_t)1 << 32) < 0, "overflow to 0");
}

static void
test_err(void)
{
    struct seg_err e;

    ok(seg_fail(&e, SEG_EDATA, "a\nb\x1b[31m %d", 5) == -1 &&
            e.kind == SEG_EDATA && !strcmp(e.text, "a?b?[31m 5"),
        "a message is one line without control characters");
    char text[2000];
    memset(text, 'x', sizeof text);
    text[1999] = 0;
    seg_fail(&e, SEG_EDATA, "%s", text);
    ok(strlen(e.text) == sizeof e.text - 1, "and is cut, not overrun");
}

static void
test_hash(void)
{
    /* the published test vector of XXH3-64 for empty input and seed 0 */
    ok(seg_hash("", 0) == 0x2d06800538d394c2u, "XXH3-64 of nothing");
    ok(seg_hash_more(0, "abc", 3) == seg_hash("abc", 3), "a chain begins at 0");
    ok(seg_hash_more(1, "abc", 3) != seg_hash("abc", 3), "and goes on");
}

/* Random numbers must never change: saved experiments depend on them. */
static void
test_rng_values(void)
{
    struct seg_rng r = {{1, 2, 3, 4}};

    /* xoshiro256** from state 1 2 3 4, by its definition */
    ok(seg_rng_bits(&r) == 11520 && seg_rng_bits(&r) == 0 &&
            seg_rng_bits(&r) == 1509978240 &&
            seg_rng_bits(&r) == 1215971899390074240u,
        "xoshiro256**");
    struct seg_rng a = seg_rng_make(1, "b/0014", "crop", 7),
                   b = seg_rng_make(1, "b/0014", "crop", 7);
    ok(!memcmp(&a, &b, sizeof a), "same question, same numbers");
    b = seg_rng_make(2, "b/0014", "crop", 7);
    ok(memcmp(&a, &b, sizeof a), "other seed");
    b = seg_rng_make(1, "b/0015", "crop", 7);
    ok(memcmp(&a, &b, sizeof a), "other key");
    b = seg_rng_make(1, "b/0014", "flip", 7);
    ok(memcmp(&a, &b, sizeof a), "other purpose");
    b = seg_rng_make(1, "b/0014", "crop", 8);
    ok(memcmp(&a, &b, sizeof a), "other index");
    b = seg_rng_make(1, NULL, "crop", 7);
    ok(memcmp(&a, &b, sizeof a), "no key");
}

static void
test_rng_shapes(void)
{
    struct seg_rng r = seg_rng_make(3, NULL, "test", 0);
    enum { N = 100000 };
    double sum = 0, squares = 0, mean = 0;
    int inside = 1, count[7] = {0}, even = 1, p[10], seen = 0;

    for (int i = 0; i < N; i++) {
        double u = seg_rng_unit(&r), x = seg_rng_normal(&r);
        inside &= u >= 0 && u < 1;
        mean += u / N;
        sum += x / N;
        squares += x * x / N;
        count[seg_rng_below(&r, 7)]++;
    }
    ok(inside, "unit is in [0, 1)");
    /* five standard errors each */
    ok(fabs(mean - 0.5) < 5 * 0.289 / sqrt(N), "mean of unit: %g", mean);
    ok(fabs(sum) < 5 / sqrt(N), "mean of normal: %g", sum);
    ok(fabs(squares - 1) < 5 * sqrt(2. / N), "variance of normal: %g", squares);
    for (int i = 0; i < 7; i++)
        even &= fabs(count[i] - N / 7.) < 5 * sqrt(N * 6 / 49.);
    ok(even, "below 7 is even");
    for (int i = 0; i < 10; i++)
        p[i] = i;
    seg_rng_shuffle(&r, p, 10);
    for (int i = 0; i < 10; i++)
        seen |= 1 << p[i];
    ok(seen == 1023, "a shuffle loses nothing");
}

int
main(void)
{
    test_arena();
    test_lists();
    test_limits();
    test_products();
    test_err();
    test_hash();
    test_rng_values();
    test_rng_shapes();
    return done();
}
