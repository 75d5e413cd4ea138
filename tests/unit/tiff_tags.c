/* Tags of a TIFF: those that do not affect pixels never refuse a file. */
#define _DEFAULT_SOURCE

#include "tests/unit/tiff_page.h"

/* ---- tags that say nothing about pixels ---- */

static void
test_idle_tags(void)
{
    static const int tags[] = {254, 263, 269, 270, 271, 274, 280, 281, 282, 283,
        285, 296, 297, 301, 305, 306, 315, 318, 319, 330, 332, 338, 340, 341,
        343, 700, 33550, 33723, 33922, 34264, 34377, 34665, 34675, 34735, 34736,
        34737, 34853, 42112, 42113, 50706, 65000};
    static const int types[] = {0, BYTE, ASCII, SHORT, LONG, 5, 7, DOUBLE, 99};
    static const uint32_t counts[] = {0, 1, 3, 1000, 1u << 31};
    static const uint8_t bytes[] = {7, 8, 9, 10};
    static const double want[] = {7, 8, 9, 10};

    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        int good = 1;

        for (size_t k = 0; k < 9 * 5; k++) {
            plain_page(2, 2, 8, 4);
            page[EXTRA] = (struct entry){
                tags[i], types[k / 5], counts[k % 5], k % 2 ? 8 : 0xfffffff};
            save_page(k % 2, bytes, 4);
            good = good && holds(read_one(&image), SEG_U8, want, 4);
        }
        ok(good, "tag %d of every type and count", tags[i]);
    }
}

static void
test_orientation(void)
{
    static const uint8_t bytes[] = {7, 8, 9, 10};
    static const double want[] = {7, 8, 9, 10};

    for (int v = 0; v < 11; v++) {
        plain_page(2, 2, 8, 4);
        page[EXTRA] = (struct entry){274, SHORT, 1, (uint64_t)v};
        save_page(v % 2, bytes, 4);
        int good = holds(read_one(&image), SEG_U8, want, 4);
        const char *exif = seg_record_meta(&rec, "seg.exif");
        const char *lines = rec.warnings;

        ok(good && !exif == (v < 2 || v > 8), "orientation %d", v);
        ok(!lines == (v > 0 && v < 9), "with %s",
            lines ? "a warning" : "no warning");
    }
}

/* A damaged tag that affects pixels refuses the file. */
static void
test_needed_tags(void)
{
    static const uint8_t bytes[] = {7, 8, 9, 10};
    static const int tags[] = {256, 258, 259, 262, 266, 277, 278, 284, 339};

    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        plain_page(2, 2, 8, 4);
        for (int k = 0; k < LAST; k++)
            if (page[k].tag == tags[i])
                page[k].tag = 65001;
        page[EXTRA] = (struct entry){tags[i], SHORT, 1, 65535};
        save_page(0, bytes, 4);
        ok(!read_one(&image) ||
                (tags[i] == 278 && seg_record_find(&rec, "x")), /* one strip */
            "tag %d must make sense: %s", tags[i], err.text);
    }
}

static void
test_alpha(void)
{
    static const char *const want[] = {
        "none", "associated", "unassociated", "none"};
    static const uint8_t bytes[24] = {[16] = 8, [18] = 8, [20] = 8, [22] = 8};

    for (int kind = 0; kind < 4; kind++) {
        plain_page(2, 2, 8, 16);
        page[BITS] = (struct entry){258, SHORT, 4, 24};
        page[COLORS].value = 2;
        page[BANDS].value = 4;
        page[EXTRA] = (struct entry){338, SHORT, 1, (uint64_t)kind};
        save_page(0, bytes, 24);
        const struct seg_tensor *t = read_one(&image);
        const char *alpha = t ? seg_record_meta(&rec, "seg.alpha") : err.text;

        ok(alpha && !strcmp(alpha, want[kind]), "ExtraSamples %d: %s", kind,
            alpha ? alpha : "nothing");
    }
    ok(read_one(&image) && !seg_record_meta(&rec, "seg.exif"), "nothing else");
}

int
main(void)
{
    scratch_file();
    test_idle_tags();
    test_orientation();
    test_needed_tags();
    test_alpha();
    seg_record_free(&rec);
    return done();
}
