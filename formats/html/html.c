#include <string.h>

#include "formats/html/html.h"
#include "formats/html/style.h"
#include "lib/base/sanitize.h"

/* The entity of a character that is markup; NULL: it is text. */
static const char *
entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* The number of bytes of the character at p, which may be printed; 0 if not.
   U+FFFE and U+FFFF (ef bf be, ef bf bf) are not allowed in XML. */
static size_t
printable(const char *p, size_t left)
{
    size_t n = seg_utf8_bytes(p, left);
    const unsigned char *u = (const unsigned char *)p;

    if (n == 1)
        return (u[0] >= ' ' && u[0] != 0x7f) || *p == '\n' || *p == '\t';
    if ((n == 2 && u[0] == 0xc2 && u[1] < 0xa0) ||
        (n == 3 && u[0] == 0xef && u[1] == 0xbf && u[2] >= 0xbe))
        return 0;
    return n;
}

void
seg_html_text(FILE *f, const char *text)
{
    size_t left = strlen(text);

    while (left) {
        size_t n = printable(text, left);
        const char *markup = n == 1 ? entity(*text) : NULL;

        if (markup)
            fputs(markup, f);
        else if (n)
            fwrite(text, 1, n, f);
        else
            fputc('?', f);
        n += !n;
        text += n;
        left -= n;
    }
}

void
seg_html_element(FILE *f, const char *tag, const char *text)
{
    fprintf(f, "<%s>", tag);
    seg_html_text(f, text);
    fprintf(f, "</%s>\n", tag);
}

void
seg_html_details(FILE *f, const char *title, const char *text)
{
    fputs("<details>", f);
    seg_html_element(f, "summary", title);
    seg_html_element(f, "pre", text);
    fputs("</details>\n", f);
}

void
seg_html_open(FILE *f, const char *title)
{
    fputs("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" "
          "lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
          "'none'; style-src 'unsafe-inline'; img-src data:\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\"/>\n",
        f);
    seg_html_element(f, "title", title);
    fprintf(f, "<style>\n%s</style>\n</head>\n<body>\n", seg_html_style);
    seg_html_element(f, "h1", title);
}

void
seg_html_close(FILE *f, const char *footer)
{
    seg_html_element(f, "footer", footer);
    fputs("</body>\n</html>\n", f);
}

/* ---- images ---- */

static void
base64(FILE *f, const uint8_t *bytes, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
                                "qrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        uint32_t three = (uint32_t)bytes[i] << 16;

        three |= i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0;
        three |= i + 2 < n ? bytes[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            fputc(i + k > n ? '=' : digit[three >> (18 - 6 * k) & 63], f);
    }
}

void
seg_html_image(FILE *f, const char *type, const uint8_t *bytes, size_t n,
    size_t h, size_t w, const char *description)
{
    fprintf(f, "<img width=\"%zu\" height=\"%zu\" alt=\"", w, h);
    seg_html_text(f, description);
    fprintf(f, "\" src=\"data:image/%s;base64,", type);
    base64(f, bytes, n);
    fputs("\"/>\n", f);
}

void
seg_html_chip(FILE *f, const uint8_t rgb[3], const char *name)
{
    fprintf(f,
        "<span class=\"chip\"><i style=\"background:#%02x%02x%02x\"></i>",
        rgb[0], rgb[1], rgb[2]);
    seg_html_text(f, name);
    fputs("</span>\n", f);
}
