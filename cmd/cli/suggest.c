/* The name that was meant by one that is not known. */
#include <ctype.h>
#include <string.h>

#include "cmd/cli/internal.h"

enum { LONGEST = 40, FAR = 100 };

static int
least(int a, int b)
{
    return a < b ? a : b;
}

/* Letters put in, left out, changed or swapped with their neighbor. */
static int
distance(const char *a, const char *b)
{
    int n = (int)strlen(a), m = (int)strlen(b);
    int d[LONGEST + 1][LONGEST + 1];

    if (n > LONGEST || m > LONGEST)
        return FAR;
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= m; j++) {
            if (!i || !j) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
                d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[n][m];
}

/* Are the first letters of the words of long_form short_form?  "lr" is for
   "learning-rate". */
static int
is_short_for(const char *short_form, const char *long_form)
{
    size_t n = 0;

    for (const char *p = long_form; *p; p++)
        if (p == long_form || p[-1] == '-')
            if (short_form[n++] != *p)
                return 0;
    return n > 1 && !short_form[n];
}

/* How unlike two names are: 0 for the same, FAR if nobody would mix them up. */
static int
unlike(const char *word, const char *name)
{
    size_t n = strlen(word), m = strlen(name);
    int d = distance(word, name);

    if (d <= 2 && 2 * d < (int)n)
        return 2 * d;
    if (n > 1 && n < m && !strncmp(word, name, n))
        return 3;
    if (m < n && !strncmp(word, name, m) &&
        (m > 2 || !isalpha((unsigned char)word[m])))
        return 3;
    return is_short_for(name, word) || is_short_for(word, name) ? 3 : FAR;
}

const char *
cli_nearest(const char *word, const char *const *names)
{
    char small[LONGEST + 1];
    const char *best = NULL;
    int at_best = FAR;
    size_t n = strlen(word);

    if (n > LONGEST)
        return NULL;
    for (size_t i = 0; i <= n; i++)
        small[i] = word[i] == '_' ? '-' : (char)tolower((unsigned char)word[i]);
    for (; *names; names++) {
        int d = unlike(small, *names);

        if (d < at_best) {
            at_best = d;
            best = *names;
        }
    }
    return best;
}
