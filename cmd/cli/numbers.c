#include <stdlib.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/numbers.h"

int
cli_numbers(double *v, int most, const char *text, const char *option,
    double min, double max)
{
    const char *at = text;
    char *end;
    int n = 0;

    do {
        double x = strtod(at, &end);

        if (n == most || end == at || (*end && *end != ',') ||
            !(x >= min && x <= max))
            cli_usage("--%s %s: expected up to %d numbers from %g to %g, with "
                      "commas",
                option, text, most, min, max);
        v[n++] = x;
        at = end + 1;
    } while (*end);
    return n;
}

void
cli_pair(
    double v[2], const char *text, const char *option, double min, double max)
{
    if (cli_numbers(v, 2, text, option, min, max) == 1)
        v[1] = v[0];
    if (v[0] > v[1])
        cli_usage("--%s %s: the lower number comes first", option, text);
}
