#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "formats/stream/json.h"
#include "lib/base/sanitize.h"

static int
fail(struct seg_json *j, const char *text)
{
    j->bad = text;
    return -1;
}

char
seg_json_peek(struct seg_json *j)
{
    while (j->at < j->end && (*j->at == ' ' || *j->at == '\t' ||
                                 *j->at == '\n' || *j->at == '\r'))
        j->at++;
    return j->at < j->end ? *j->at : 0;
}

int
seg_json_mark(struct seg_json *j, char mark)
{
    if (seg_json_peek(j) != mark)
        return fail(j, mark == ':'   ? ": is missing"
                       : mark == '{' ? "{ is missing"
                                     : "[ is missing");
    j->at++;
    return 0;
}

int
seg_json_more(struct seg_json *j, char close, int first)
{
    char c = seg_json_peek(j);

    if (c == close) {
        j->at++;
        return 0;
    }
    if (first)
        return 1;
    if (c != ',')
        return fail(
            j, close == '}' ? ", or } is missing" : ", or ] is missing");
    j->at++;
    if (seg_json_peek(j) == close)
        return fail(j, "a comma and nothing after it");
    return 1;
}

int
seg_json_end(struct seg_json *j)
{
    seg_json_peek(j);
    return j->at == j->end ? 0 : fail(j, "bytes after the closing }");
}

/* ---- numbers ---- */

static int
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int
seg_json_number(struct seg_json *j, size_t *value)
{
    int negative = seg_json_peek(j) == '-';
    const char *p = j->at + negative;
    size_t v = 0;

    if (p == j->end || !is_digit(*p))
        return 1;
    for (; p < j->end && is_digit(*p); p++) {
        size_t digit = (size_t)(*p - '0');

        if (v > ((size_t)INT64_MAX - digit) / 10)
            return fail(j, "a number above 2^63 - 1");
        v = 10 * v + digit;
    }
    if (j->at[negative] == '0' && p - j->at - negative > 1)
        return fail(j, "a number with a 0 before it");
    if ((negative && v) ||
        (p < j->end && (*p == '.' || *p == 'e' || *p == 'E')))
        return 1;
    j->at = p;
    *value = v;
    return 0;
}

/* ---- strings ---- */

static void
put_utf8(struct seg_json *j, uint32_t c)
{
    int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};

    *j->out++ = (char)(lead[more] | c >> 6 * more);
    while (more-- > 0)
        *j->out++ = (char)(0x80 | (c >> 6 * more & 0x3f));
}

/* The value of the four digits of a \u escape, or -1. */
static int32_t
hex(const struct seg_json *j, const char *p)
{
    int32_t v = 0;

    if (j->end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *d = p[i] ? strchr(digits, p[i]) : NULL;

        if (!d)
            return -1;
        v = v << 4 | (int32_t)((d - digits) & 15);
    }
    return v;
}

/* \uXXXX; a character beyond 16 bits has two (a surrogate pair). */
static int
unicode(struct seg_json *j)
{
    int32_t c = hex(j, j->at + 2), low = -1;

    if (c < 0)
        return fail(j, "\\u without four digits");
    if (c == 0)
        return fail(j, "\\u0000 is not allowed");
    if (c >= 0xd800 && c < 0xdc00 && j->end - j->at > 7 && j->at[6] == '\\' &&
        j->at[7] == 'u')
        low = hex(j, j->at + 8);
    if (low >= 0xdc00 && low < 0xe000) {
        j->at += 6;
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    if (c >= 0xd800 && c < 0xe000)
        return fail(j, "half of a surrogate pair");
    j->at += 6;
    put_utf8(j, (uint32_t)c);
    return 0;
}

static int
escape(struct seg_json *j)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = j->end - j->at > 1 ? j->at[1] : 0;
    const char *known = c ? strchr(from, c) : NULL;

    if (c == 'u')
        return unicode(j);
    if (!known)
        return fail(j, "an escape that JSON does not have");
    *j->out++ = to[known - from];
    j->at += 2;
    return 0;
}

static int
character(struct seg_json *j)
{
    size_t n;

    if (*j->at == '\\')
        return escape(j);
    if ((unsigned char)*j->at < ' ')
        return fail(j, "a control character in a string");
    n = seg_utf8_bytes(j->at, (size_t)(j->end - j->at));
    if (!n)
        return fail(j, "bytes that are not UTF-8");
    memcpy(j->out, j->at, n);
    j->out += n;
    j->at += n;
    return 0;
}

const char *
seg_json_string(struct seg_json *j)
{
    const char *string = j->out;

    if (seg_json_peek(j) != '"') {
        fail(j, "\" is missing");
        return NULL;
    }
    j->at++;
    while (j->at < j->end && *j->at != '"')
        if (character(j))
            return NULL;
    if (j->at == j->end) {
        fail(j, "a string without an end");
        return NULL;
    }
    j->at++;
    *j->out++ = 0;
    return string;
}

/* ---- printing ---- */

/* Writes the escape of a byte to text; 0 if it needs none. */
static int
print_escape(char text[8], char c)
{
    static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *hit = strchr(special, c);

    if (hit)
        return sprintf(text, "\\%c", letters[hit - special]);
    return (unsigned char)c < ' ' ? sprintf(text, "\\u%04X", (unsigned)c) : 0;
}

size_t
seg_json_print(char *to, const char *s)
{
    size_t n = 0, left = strlen(s);
    char text[8] = "\"";

    for (size_t bytes = 1; left; s += bytes, left -= bytes) {
        int escaped = print_escape(text, *s);

        bytes = seg_utf8_bytes(s, left);
        if (!bytes)
            return 0;
        if (to)
            memcpy(to + 1 + n, escaped ? text : s,
                escaped ? (size_t)escaped : bytes);
        n += escaped ? (size_t)escaped : bytes;
    }
    if (to)
        to[0] = to[n + 1] = '"';
    return n + 2;
}
