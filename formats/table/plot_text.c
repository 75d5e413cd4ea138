#include "formats/table/plot_text.h"

/* The length in bytes of the character at s; 0 if it is not UTF-8, or a control
   character. */
static int
character(const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    int n = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;

    if (u[0] < 0x20 || u[0] == 0x7f || (u[0] >= 0x80 && u[0] < 0xc2) ||
        u[0] > 0xf4 || (u[0] == 0xc2 && u[1] < 0xa0) ||
        (u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
        (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
        return 0;
    for (int i = 1; i < n; i++)
        if ((u[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

int
seg_plot_length(const char *s)
{
    int n = 0;

    for (; *s; n++)
        s += character(s) ? character(s) : 1;
    return n;
}

void
seg_plot_quote(FILE *f, const char *text, int max, int format)
{
    int all = seg_plot_length(text), tail = max / 3, head = max - 3 - tail;

    fputc('\'', f);
    for (int i = 0; *text; i++) {
        int n = character(text);

        if (all > max && i == head)
            fputs("...", f);
        if (all <= max || i < head || i >= all - tail) {
            fprintf(f, "%.*s", n ? n : 1, n ? text : "?");
            if (*text == '\'' || (format && *text == '%'))
                fputc(*text, f);
        }
        text += n ? n : 1;
    }
    fputc('\'', f);
}
