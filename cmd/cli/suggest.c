/* Suggests the name that an unknown word probably means. */
#include <ctype.h>
#include <string.h>

#include "cmd/cli/internal.h"

enum { MAX_LENGTH = 40, UNLIKE = 100 };

static int
min_int(int a, int b)
{
    return a < b ? a : b;
}

/* The number of letters to insert, delete, change or swap with their neighbor
   (restricted Damerau-Levenshtein distance). */
static int
distance(const char *a, const char *b)
{
    int n = (int)strlen(a), m = (int)strlen(b);
    int d[MAX_LENGTH + 1][MAX_LENGTH + 1];

    if (n > MAX_LENGTH || m > MAX_LENGTH)
        return UNLIKE;
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= m; j++) {
            if (!i || !j) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = min_int(min_int(d[i - 1][j], d[i][j - 1]) + 1,
                d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = min_int(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[n][m];
}

/* True if short_form is the initials of long_form: "lr" of "learning-rate". */
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

/* The dissimilarity of two names: 0 if equal, UNLIKE if not similar. */
static int
dissimilarity(const char *word, const char *name)
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
    return is_short_for(name, word) || is_short_for(word, name) ? 3 : UNLIKE;
}

const char *
cli_nearest(const char *word, const char *const *names)
{
    char small[MAX_LENGTH + 1];
    const char *best = NULL;
    int at_best = UNLIKE;
    size_t n = strlen(word);

    if (n > MAX_LENGTH)
        return NULL;
    for (size_t i = 0; i <= n; i++)
        small[i] = word[i] == '_' ? '-' : (char)tolower((unsigned char)word[i]);
    for (; *names; names++) {
        int d = dissimilarity(small, *names);

        if (d < at_best) {
            at_best = d;
            best = *names;
        }
    }
    return best;
}
