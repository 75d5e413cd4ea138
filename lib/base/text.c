#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

/* ---- encoding and line ends of a file ---- */

static const char mark[] = "\xef\xbb\xbf"; /* UTF-8 byte order mark */

enum { MARK = sizeof mark - 1 };

/* A byte order mark of UTF-16, or a 0 in every second byte. */
static int
is_utf16(const char *text, size_t n)
{
    size_t pairs = n / 2 < 32 ? n / 2 : 32, zeros[2] = {0, 0};

    if (n >= 2 &&
        (!memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2)))
        return 1;
    for (size_t i = 0; i < 2 * pairs; i++)
        zeros[i % 2] += !text[i];
    return pairs && zeros[0] != zeros[1] &&
           (zeros[0] == pairs || zeros[1] == pairs);
}

/* Line ends of old Macs: a CR with text after it, and no LF anywhere. */
static int
has_cr_lines(const char *text)
{
    const char *cr = strchr(text, '\r');

    return cr && cr[1] && !strchr(text, '\n');
}

static void
drop_marks(char *text)
{
    const char *from = text;
    int line_start = 1;

    if (!strstr(text, mark))
        return;
    while (*from) {
        if (line_start && !strncmp(from, mark, MARK))
            from += MARK;
        line_start = *from == '\n';
        if (*from)
            *text++ = *from++;
    }
    *text = 0;
}

int
seg_text_open(char *text, size_t n, const char *name, struct seg_err *e)
{
    if (is_utf16(text, n))
        return seg_fail(
            e, SEG_EDATA, "%s: UTF-16 text: save it as UTF-8", name);
    if (memchr(text, 0, n))
        return seg_fail(e, SEG_EDATA, "%s: holds a 0 byte, not a text", name);
    if (has_cr_lines(text))
        return seg_fail(e, SEG_EDATA,
            "%s: lines end in CR alone, as on old Macs: LF or CR LF expected",
            name);
    drop_marks(text);
    return 0;
}

/* ---- names ---- */

/* Decodes the UTF-8 character at s into *c.  Returns its length in bytes, or 0
   if it is not valid UTF-8. */
static int
decode(uint32_t *c, const char *s)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *u = (const unsigned char *)s;
    int n = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;

    *c = n == 1 ? u[0] : u[0] & (0xffu >> (n + 1));
    if (n > 1 && (u[0] < 0xc2 || u[0] > 0xf4))
        return 0;
    for (int i = 1; i < n; i++) {
        if ((u[i] & 0xc0) != 0x80)
            return 0;
        *c = *c << 6 | (u[i] & 0x3f);
    }
    return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0
                                                                           : n;
}

int
seg_text_check_name(const char *s, struct seg_err *e, const char *fmt, ...)
{
    char name[300];
    uint32_t c;
    va_list args;
    int n;

    for (const char *p = s; *p; p += n) {
        n = decode(&c, p);
        if (n && c >= 0x20 && (c < 0x7f || c > 0x9f))
            continue;
        va_start(args, fmt);
        vsnprintf(name, sizeof name, fmt, args);
        va_end(args);
        return seg_fail(e, SEG_EDATA,
            n ? "%s: byte %d is a control character (0x%02x)"
              : "%s: byte %d is not UTF-8 (0x%02x)",
            name, (int)(p - s) + 1, n ? (unsigned)c : (unsigned char)*p);
    }
    return 0;
}

/* ---- lines and fields ---- */

const char *
seg_text_separator(const char *line)
{
    if (strchr(line, '\t'))
        return NULL;
    if (strchr(line, ','))
        return "commas";
    if (strchr(line, ';'))
        return "semicolons";
    return strchr(line, ' ') ? "blanks" : NULL;
}

/* Returns the text before the first `end`, which becomes 0, and advances *rest
   to the text after it (NULL: nothing left). */
static char *
cut(char **rest, char end)
{
    char *start = *rest, *at = start ? strchr(start, end) : NULL;

    if (at)
        *at = 0;
    *rest = at ? at + 1 : NULL;
    return start;
}

size_t
seg_text_count(const char *s, char c)
{
    size_t n = 0;

    for (; *s; s++)
        n += *s == c;
    return n;
}

size_t
seg_text_lines(const char *text)
{
    return seg_text_count(text, '\n') + 1;
}

char *
seg_text_line(char **text)
{
    if (!*text || !**text)
        return NULL;
    char *line = cut(text, '\n');
    size_t n = strlen(line);
    if (n && line[n - 1] == '\r')
        line[n - 1] = 0;
    return line;
}

char *
seg_text_field(char **line)
{
    return cut(line, '\t');
}

int
seg_text_number(const char *s, int max)
{
    int v = 0;

    if (!*s)
        return -1;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return -1;
        v = v * 10 + (*s - '0');
        if (v > max)
            return -1;
    }
    return v;
}

double
seg_text_real(const char *s)
{
    char *end;
    double v = strtod(s, &end);

    return *s && !*end ? v : NAN;
}
