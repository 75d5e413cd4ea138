/* Statistics against plain sums, and merged tables. */
#include <math.h>
#include <string.h>

#include "formats/table/stats.h"
#include "tests/unit/tap.h"

static struct seg_err e;

static int
add(struct seg_record *r, const char *name, enum seg_type type, int rank,
    const void *data)
{
    size_t shape[] = {2, 3, 2};
    struct seg_tensor *t = seg_record_add(r, name, type, rank, shape, &e);

    return t ? !!memcpy(t->data, data, t->bytes) : 0;
}

/* Two images of two bands, with results computed by hand. */
static void
make(struct seg_record *one, struct seg_record *two)
{
    static const uint16_t x[] = {
        65535, 1, 65535, 2, 65535, 3, 65535, 4, 65535, 5, 65535, 6};
    static const uint16_t y[] = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0};
    static const uint8_t p[] = {0, 0, 0, 1, 1, 255}, q[] = {0, 0, 3, 3, 3, 3};

    ok(add(one, "image", SEG_U16, 3, x) && add(one, "label", SEG_U8, 2, p) &&
            add(two, "image", SEG_U16, 3, y) &&
            add(two, "label", SEG_U8, 2, q) &&
            !seg_record_set(one, "seg.classes", "a\tb\tc\td", &e) &&
            !seg_record_set(two, "seg.classes", "a\tb\tc\td", &e),
        "two records");
}

static void
test_sums(const struct seg_stat *s)
{
    double mean, sd, w[SEG_STAT_CLASSES];

    ok(s->images == 2 && s->classes == 4 && s->bands == 2 && s->ignored == 1 &&
            s->ignored_images == 1,
        "sizes");
    ok(s->class[0].pixels == 5 && s->class[0].images == 2 &&
            s->class[0].present == 11 && s->class[1].pixels == 2 &&
            s->class[1].present == 5 && s->class[2].images == 0 &&
            s->class[3].pixels == 4 && s->class[3].present == 6,
        "classes");
    ok(seg_exact_value(&s->band[0].sum) == 6 * 65536 &&
            seg_exact_value(&s->band[0].squares) == 6 * (65535ll * 65535 + 1) &&
            seg_exact_value(&s->band[1].sum) == 21 &&
            seg_exact_value(&s->band[1].squares) == 91 &&
            s->band[0].max == 65535 && s->band[1].min == 0,
        "bands");
    seg_stat_mean_sd(&mean, &sd, &s->band[0]);
    ok(mean == 32768 && sd == 32767, "mean and deviation");
    seg_stat_inverse(w, s);
    ok(fabs(w[0] - 11.0 / 15) < 1e-12 && fabs(w[1] - 11.0 / 6) < 1e-12 &&
            w[2] == 0 && fabs(w[3] - 11.0 / 12) < 1e-12,
        "inverse weights");
    seg_stat_median(w, s); /* frequencies 5/11, 2/5, 4/6 */
    ok(fabs(w[0] - 1) < 1e-12 && fabs(w[1] - 25.0 / 22) < 1e-12 && w[2] == 0 &&
            fabs(w[3] - 15.0 / 22) < 1e-12,
        "median frequency weights");
}

static void
test_tables(const struct seg_record *one, const struct seg_record *two,
    const struct seg_stat *whole, struct seg_arena *a)
{
    struct seg_stat s, parsed, sum;
    const struct seg_record *part[] = {one, two};
    char *text = seg_stats_text(whole, NULL, 0, a, &e);
    int cut = 1, good = 1;

    seg_stat_init(&sum, a);
    for (int i = 0; i < 2; i++) {
        seg_stat_init(&s, a);
        good &= !seg_stat_add(&s, part[i], &e) &&
                !seg_stats_parse(&parsed, a, seg_stats_text(&s, NULL, 0, a, &e),
                    "part", &e) &&
                !seg_stat_merge(&sum, &parsed, "part", &e);
    }
    ok(good && !strcmp(text, seg_stats_text(&sum, NULL, 0, a, &e)),
        "tables of shards add up to that of the whole");
    for (size_t n = 0; n < strlen(text); n++) {
        char *head = seg_take_bytes(a, text, n, &e);

        cut &= seg_stats_parse(&parsed, a, head, "t", &e) < 0 &&
               e.kind == SEG_EDATA;
    }
    ok(cut, "a table cut anywhere is bad data");
}

static void
test_floats(struct seg_arena *a)
{
    const float x[] = {
        0.5f, -1, 1.5f, -1, 2.5f, -1, 3.5f, -1, 4.5f, -1, 5.5f, -1};
    struct seg_record r = {0};
    struct seg_stat s, back;
    double mean, sd;

    seg_stat_init(&s, a);
    ok(add(&r, "image", SEG_F32, 3, x) && !seg_stat_add(&s, &r, &e), "floats");
    seg_stat_mean_sd(&mean, &sd, &s.band[0]);
    ok(mean == 3 && fabs(sd - sqrt(35.0 / 12)) < 1e-12, "their moments");
    seg_stat_mean_sd(&mean, &sd, &s.band[1]);
    ok(mean == -1 && sd == 0, "and those of an even band");
    ok(!seg_stats_parse(
           &back, a, seg_stats_text(&s, NULL, 0, a, &e), "t", &e) &&
            seg_exact_value(&back.band[0].squares) == 71.5 &&
            back.band[0].min == 0.5,
        "through the table");
    seg_record_free(&r);
}

static void
test_bad(struct seg_arena *a)
{
    static const char *const tables[] = {"", "images\t1",
        "class\t1\ta\t1\t1\t1\n", "class\t0\ta\t-1\t1\t1\nimages\t1\n",
        "nonsense\nimages\t1\n", "band\t0\t-\t1\t1\t1\t1\t1\tx\t1\nimages\t1\n",
        "images\t1\nimages\t1\n"};
    struct seg_record r = {0}, other = {0};
    uint8_t label[6] = {0};
    struct seg_stat s;
    int bad = 1;

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        bad &= seg_stats_parse(&s, a, tables[i], "t", &e) < 0 &&
               e.kind == SEG_EDATA;
    ok(bad, "what is no table is bad data");
    seg_stat_init(&s, a);
    ok(add(&r, "label", SEG_U8, 2, label) &&
            add(&other, "label", SEG_U8, 2, label) &&
            !seg_record_set(&r, "seg.classes", "a\tb", &e) &&
            !seg_record_set(&other, "seg.classes", "a\tc", &e) &&
            !seg_stat_add(&s, &r, &e) && seg_stat_add(&s, &other, &e) &&
            e.kind == SEG_EDATA,
        "other classes: %s", e.text);
    seg_record_free(&r);
    seg_record_free(&other);
}

int
main(void)
{
    struct seg_record one = {0}, two = {0};
    struct seg_arena a = {0};
    struct seg_stat s;

    make(&one, &two);
    seg_stat_init(&s, &a);
    ok(!seg_stat_add(&s, &one, &e) && !seg_stat_add(&s, &two, &e), "added up");
    test_sums(&s);
    test_tables(&one, &two, &s, &a);
    test_floats(&a);
    test_bad(&a);
    seg_record_free(&one);
    seg_record_free(&two);
    seg_arena_free(&a);
    return done();
}
