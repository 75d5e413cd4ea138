#include <stddef.h>
#include <string.h>

#include "lib/base/text.h"

/* What stands before the first `end`, which becomes 0; the rest into *rest. */
static char *
cut(char **rest, char end)
{
    char *start = *rest, *at = start ? strchr(start, end) : NULL;

    if (at)
        *at = 0;
    *rest = at ? at + 1 : NULL;
    return start;
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
