/*
 * Hand-made blobs and streams, each with the verdict it deserves, read as a
 * file and from a pipe.
 */
#define _DEFAULT_SOURCE
#include "tests/unit/feed.h"

#define T(type, shape, from, to)                                               \
    "{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" #from     \
    "," #to "]}"
#define V "\"__metadata__\":{\"seg.version\":\"1\"}"

/* A plain blob: header, bytes of payload, what is to be said of it. */
static const struct {
    const char *what, *header;
    size_t payload;
    const char *said; /* NULL: it is sound */
} blobs[] = {
    {"one tensor", "{\"a\":" T("U8", "[2,3]", 0, 6) "}", 6, NULL},
    {"spaces behind", "{\"a\":" T("U8", "[6]", 0, 6) "}   ", 6, NULL},
    {"no tensor", "{}", 0, NULL},
    {"metadata alone", "{\"__metadata__\":{\"a\":\"b\"}}", 0, NULL},
    {"a number", "{\"a\":" T("F32", "[]", 0, 4) "}", 4, NULL},
    {"an empty tensor", "{\"a\":" T("F32", "[0,5]", 0, 0) "}", 0, NULL},
    {"empty between",
        "{\"b\":" T("U8", "[2]", 0, 2) ",\"a\":" T(
            "U8", "[0]", 2, 2) ",\"c\":" T("U8", "[1]", 2, 3) "}",
        3, NULL},
    {"rank 8", "{\"a\":" T("U8", "[1,1,1,1,1,1,1,1]", 0, 1) "}", 1, NULL},
    {"two, out of order",
        "{\"b\":" T("U8", "[2]", 3, 5) ",\"a\":" T("U8", "[3]", 0, 3) "}", 5,
        NULL},
    {"name of any kind", "{\"\\u00e9/ \":" T("U8", "[1]", 0, 1) "}", 1, NULL},
    {"dimension with room", "{\"a\":" T("U8", "[ 1 , 2 ]", 0, 2) "}", 2, NULL},
    {"field order",
        "{\"a\":{\"data_offsets\":[0,1],\"shape\":[1],\"dtype\":"
        "\"U8\"}}",
        1, NULL},
    {"no brace", " {\"a\":" T("U8", "[1]", 0, 1) "}", 1, "no {"},
    {"a list", "[1]", 0, "no {"},
    {"nothing", "", 0, "no {"},
    {"a byte order mark", "\xef\xbb\xbf{}", 0, "no {"},
    {"not closed", "{\"a\":" T("U8", "[1]", 0, 1), 1, "header"},
    {"text behind", "{}x", 0, "header"},
    {"second object", "{}{}", 0, "header"},
    {"comment", "{}//", 0, "header"},
    {"single quotes", "{'a':1}", 0, "header"},
    {"comma behind", "{\"__metadata__\":{},}", 0, "header"},
    {"not UTF-8", "{\"\xff\":" T("U8", "[1]", 0, 1) "}", 1, "header"},
    {"overlong UTF-8", "{\"\xc0\xaf\":" T("U8", "[1]", 0, 1) "}", 1, "header"},
    {"lone surrogate", "{\"\\ud800\":" T("U8", "[1]", 0, 1) "}", 1, "header"},
    {"name with NUL", "{\"a\\u0000\":" T("U8", "[1]", 0, 1) "}", 1, "header"},
    {"control character", "{\"a\nb\":" T("U8", "[1]", 0, 1) "}", 1, "header"},
    {"name twice",
        "{\"a\":" T("U8", "[1]", 0, 1) ",\"a\":" T("U8", "[1]", 1, 2) "}", 2,
        "duplicate"},
    {"name twice, escaped",
        "{\"a\":" T("U8", "[1]", 0, 1) ",\"\\u0061\":" T("U8", "[1]", 1, 2) "}",
        2, "duplicate"},
    {"metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0,
        "duplicate"},
    {"key twice", "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0,
        "duplicate"},
    {"field twice",
        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],"
        "\"data_offsets\":[0,1]}}",
        1, "duplicate"},
    {"metadata a list", "{\"__metadata__\":[]}", 0, "not an object"},
    {"metadata a number", "{\"__metadata__\":{\"k\":1}}", 0, "not a string"},
    {"metadata null", "{\"__metadata__\":{\"k\":null}}", 0, "not a string"},
    {"metadata nested", "{\"__metadata__\":{\"k\":{}}}", 0, "not a string"},
    {"tensor a number", "{\"a\":1}", 0, "not an object"},
    {"tensor a list", "{\"a\":[]}", 0, "not an object"},
    {"no type", "{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "wants"},
    {"no shape", "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", 1,
        "wants"},
    {"no offsets", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, "wants"},
    {"another field",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":"
        "[0,1],\"x\":1}}",
        1, "unknown field x"},
    {"type a number",
        "{\"a\":{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,1]"
        "}}",
        1, "wants"},
    {"type of another size", "{\"a\":" T("F8_E4M3", "[1]", 0, 1) "}", 1,
        "F8_E4M3 is not supported"},
    {"type in small letters", "{\"a\":" T("u8", "[1]", 0, 1) "}", 1,
        "u8 is not supported"},
    {"type empty", "{\"a\":" T("", "[1]", 0, 1) "}", 1, "not supported"},
    {"shape a number", "{\"a\":" T("U8", "1", 0, 1) "}", 1, "not a list"},
    {"shape of text", "{\"a\":" T("U8", "[\"1\"]", 0, 1) "}", 1, "whole"},
    {"size with a point", "{\"a\":" T("U8", "[1.0]", 0, 1) "}", 1, "whole"},
    {"size negative", "{\"a\":" T("U8", "[-1]", 0, 1) "}", 1, "whole"},
    {"two sizes negative", "{\"a\":" T("U8", "[-1,-1]", 0, 1) "}", 1, "whole"},
    {"size true", "{\"a\":" T("U8", "[true]", 0, 1) "}", 1, "whole"},
    {"size over 64 bits", "{\"a\":" T("U8", "[18446744073709551617]", 0, 1) "}",
        1, "header"},
    {"product over 64 bits",
        "{\"a\":" T("U8", "[4294967296,4294967297]", 0, 4294967296) "}", 0,
        "too large"},
    {"product to 0", "{\"a\":" T("U8", "[4294967296,4294967296]", 0, 0) "}", 0,
        "too large"},
    {"bytes over 64 bits",
        "{\"a\":" T("F32", "[4611686018427387905]", 0, 4) "}", 4, "too large"},
    {"rank 9", "{\"a\":" T("U8", "[1,1,1,1,1,1,1,1,1]", 0, 1) "}", 1, "rank 9"},
    {"offsets too few",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],"
        "\"data_offsets\":[0]}}",
        1, "data_offsets"},
    {"offsets too many",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],"
        "\"data_offsets\":[0,1,1]}}",
        1, "data_offsets"},
    {"offsets an object",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],"
        "\"data_offsets\":{}}}",
        1, "data_offsets"},
    {"offset with a point", "{\"a\":" T("U8", "[1]", 0.0, 1) "}", 1,
        "data_offsets"},
    {"offset negative", "{\"a\":" T("U8", "[1]", -1, 0) "}", 1, "data_offsets"},
    {"offsets backwards", "{\"a\":" T("U8", "[1]", 1, 0) "}", 1,
        "data_offsets"},
    {"offset near 2^63",
        "{\"a\":" T("U8", "[1]", 9223372036854775806, 9223372036854775807) "}",
        1, "begins at"},
    {"span too short", "{\"a\":" T("F32", "[2]", 0, 4) "}", 4, "span 4"},
    {"span too long", "{\"a\":" T("U8", "[1]", 0, 2) "}", 2, "span 2"},
    {"does not begin at 0", "{\"a\":" T("U8", "[1]", 1, 2) "}", 2,
        "begins at byte 1"},
    {"a hole",
        "{\"a\":" T("U8", "[1]", 0, 1) ",\"b\":" T("U8", "[1]", 2, 3) "}", 3,
        "begins at byte 2"},
    {"overlap",
        "{\"a\":" T("U8", "[2]", 0, 2) ",\"b\":" T("U8", "[2]", 1, 3) "}", 3,
        "begins at byte 1"},
    {"same place twice",
        "{\"a\":" T("U8", "[2]", 0, 2) ",\"b\":" T("U8", "[2]", 0, 2) "}", 2,
        "begins at byte 0"},
    {"bytes behind", "{\"a\":" T("U8", "[1]", 0, 1) "}", 2, "no seg.version"},
    {"bytes behind nothing", "{}", 1, "no seg.version"},
    {"payload cut", "{\"a\":" T("U8", "[9]", 0, 9) "}", 8, "8 of 9"},
    {"payload absent", "{\"a\":" T("U8", "[9]", 0, 9) "}", 0, "0 of 9"},
    {"more than 2 GiB", "{\"a\":" T("U8", "[2147483649]", 0, 2147483649) "}", 0,
        "limit"},
    {"a version and no END", "{" V "}", 0, "without END"},
    {"version 2", "{\"__metadata__\":{\"seg.version\":\"2\"}}", 0,
        "seg.version is 2"},
    {"hash of another",
        "{\"__metadata__\":{\"seg.hash\":\"0123456789abcdef\"}"
        "}",
        0, "damaged"},
    {"hash too short", "{\"__metadata__\":{\"seg.hash\":\"0123\"}}", 0,
        "not 16"},
    {"hash under another spelling",
        "{\"__metadata__\":{\"seg\\u002ehash\":"
        "\"0123456789abcdef\"}}",
        0, "not 16"},
    {"END without version",
        "{\"__metadata__\":{\"seg.end\":\"1\","
        "\"seg.records\":\"0\"}}",
        0, "malformed"},
};

static struct bytes
blob_of(const char *header, size_t payload)
{
    uint64_t n = strlen(header);
    struct bytes b = {calloc(8 + n + payload, 1), 8 + n + payload};

    memcpy(b.p, &n, 8);
    memcpy(b.p + 8, header, n);
    return b;
}

/* Both ways of reading must come to the verdict: NULL, or a text in e. */
static void
judge(const char *what, struct bytes b, int records, const char *said)
{
    struct seg_err e;

    for (enum way way = FILE_OF; way <= PIPE_OF; way++) {
        int n = count_in(b.p, b.n, way, &e);
        if (!said)
            ok(n == records, "%s: accepted%s%s", what, n < 0 ? ", but " : "",
                n < 0 ? e.text : "");
        else if (!ok(n < 0 && e.kind == SEG_EDATA && strstr(e.text, said),
                     "%s: refused", what))
            note("%s", n < 0 ? e.text : "accepted");
    }
    free(b.p);
}

static void
test_blobs(void)
{
    for (size_t i = 0; i < sizeof blobs / sizeof *blobs; i++)
        judge(blobs[i].what, blob_of(blobs[i].header, blobs[i].payload), 1,
            blobs[i].said);
}

/* The length of the header, and headers that are too much of something. */
static void
test_lengths(void)
{
    static const uint64_t lengths[] = {
        1, 3, 100000001, (uint64_t)1 << 32, (uint64_t)1 << 63, UINT64_MAX};
    char what[60];

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct bytes b = blob_of("{}", 0);
        memcpy(b.p, &lengths[i], 8);
        snprintf(what, sizeof what, "header of %llu bytes",
            (unsigned long long)lengths[i]);
        judge(what, b, 0, lengths[i] == 3 ? "cut off" : "header");
    }
    size_t deep = 100000;
    char *text = calloc(deep + 10, 1);
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', deep);
    judge("lists in lists", blob_of(text, 0), 0, "header");
    memset(text + 5, 'x', deep);
    text[5] = '"';
    judge("a text without end", blob_of(text, 0), 0, "header");
    free(text);

    /* larger than a stream allows: a lone blob may, a record of a stream not */
    size_t large = 2 << 20;
    text = calloc(large + 100, 1);
    size_t n = (size_t)sprintf(text, "{\"__metadata__\":{\"k\":\"");
    memset(text + n, 'x', large);
    strcpy(text + n + large, "\"}}");
    judge("a large header alone", blob_of(text, 0), 1, NULL);
    strcpy(text + n + large - 40, "\",\"seg.version\":\"1\"}}");
    judge("a large header in a stream", blob_of(text, 0), 0, "at most 1048576");
    free(text);
}

/* Files of other kinds, and sound blobs with these behind them. */
static void
test_polyglots(void)
{
    static const struct {
        const char *what, *bytes;
    } kinds[] = {{"PNG", "\x89PNG\r\n\x1a\n0000IHDR"},
        {"zip", "PK\x03\x04 aaa"}, {"zip's end", "PK\x05\x06 the directory"},
        {"PDF", "%PDF-1.4 %%EOF"},
        {"ELF", "\x7f"
                "ELF\x02\x01\x01 header"},
        {"gzip", "\x1f\x8b\x08 abcdefg"}, {"TIFF", "II*\x08 and so on"},
        {"text", "key\timage\tlabel\n"}, {"HTML", "<!doctype html><script>"},
        {"a script", "#!/bin/sh\nexit 0\n"}};
    char what[60];

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i].bytes);
        struct bytes tail = {(char *)kinds[i].bytes, n},
                     blob = blob_of("{}", 0), s = stream_of(1, "");
        char *alone = malloc(n);
        memcpy(alone, tail.p, n);
        judge(kinds[i].what, (struct bytes){alone, n}, 0, "in.st");
        snprintf(what, sizeof what, "%s behind a blob", kinds[i].what);
        judge(what, joined(blob, tail), 0, "in.st");
        snprintf(what, sizeof what, "%s behind END", kinds[i].what);
        judge(what, joined(s, tail), 0, "in.st: record 2");
        free(blob.p);
        free(s.p);
    }
}

#define META(m) "{\"__metadata__\":{\"seg.version\":\"1\"," m "}}"

/* Streams of hand-made records without hashes. */
static const struct {
    const char *what, *headers[4];
    int records;
    const char *said;
} streams[] = {
    {"no hash anywhere",
        {META("\"seg.key\":\"a\""),
            META("\"seg.end\":\"1\",\"seg.records\":\"1\"")},
        1, NULL},
    {"metadata that is not ours",
        {META("\"x\":\"a\""), META("\"seg.end\":\"1\",\"seg.records\":\"1\"")},
        1, NULL},
    {"records behind END",
        {META("\"seg.end\":\"1\",\"seg.records\":\"0\""), META("\"k\":\"a\""),
            META("\"seg.end\":\"1\",\"seg.records\":\"1\"")},
        1, NULL},
    {"END that counts less",
        {META("\"k\":\"a\""), META("\"seg.end\":\"1\",\"seg.records\":\"0\"")},
        0, "END counts 0"},
    {"END that counts more",
        {META("\"k\":\"a\""), META("\"seg.end\":\"1\",\"seg.records\":\"2\"")},
        0, "END counts 2"},
    {"END that counts from the beginning",
        {META("\"k\":\"a\""), META("\"seg.end\":\"1\",\"seg.records\":\"1\""),
            META("\"k\":\"b\""),
            META("\"seg.end\":\"1\",\"seg.records\":\"2\"")},
        0, "END counts 2"},
    {"END that counts 01",
        {META("\"k\":\"a\""), META("\"seg.end\":\"1\",\"seg.records\":\"01\"")},
        0, "END counts 01"},
    {"END without a count", {META("\"seg.end\":\"1\"")}, 0, "END counts no"},
    {"END of another kind", {META("\"seg.end\":\"2\",\"seg.records\":\"0\"")},
        0, "malformed"},
    {"END with a key of its own",
        {META("\"seg.end\":\"1\",\"seg.records\":\"0\",\"k\":\"\"")}, 0,
        "strange key, k"},
    {"no version inside",
        {META("\"k\":\"a\""), "{}",
            META("\"seg.end\":\"1\",\"seg.records\":\"2\"")},
        0, "record 2: no seg.version"},
    {"no version at first",
        {"{}", META("\"seg.end\":\"1\",\"seg.records\":\"1\"")}, 0,
        "record 1: no seg.version"},
    {"a plain blob behind END",
        {META("\"seg.end\":\"1\",\"seg.records\":\"0\""), "{}"}, 0,
        "record 1: no seg.version"},
    {"the key is told",
        {META("\"seg.key\":\"b/7\",\"seg.hash\":\"0123456789abcdef\""),
            META("\"seg.end\":\"1\",\"seg.records\":\"1\"")},
        0, "record 1 (b/7): damaged"},
};

static void
test_streams(void)
{
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        struct bytes all = {calloc(1, 1), 0};
        for (int k = 0; k < 4 && streams[i].headers[k]; k++) {
            struct bytes b = blob_of(streams[i].headers[k], 0),
                         longer = joined(all, b);
            free(all.p);
            free(b.p);
            all = longer;
        }
        judge(streams[i].what, all, streams[i].records, streams[i].said);
    }
    struct bytes hashed = stream_of(1, ""),
                 plain = blob_of(
                     META("\"seg.end\":\"1\",\"seg.records\":\"1\""), 0);
    uint64_t n;
    memcpy(&n, hashed.p, 8);
    hashed.n = 8 + n + 3 * 2 * 13; /* without its END */
    judge("hashes, but not on END", joined(hashed, plain), 0, "damaged");
    free(plain.p);
    free(hashed.p);
}

int
main(void)
{
    test_blobs();
    test_lengths();
    test_polyglots();
    test_streams();
    return done();
}
