#include <stdlib.h>

#include "cmd/cli.h"
#include "cmd/pair.h"

void
cli_pair(
    double v[2], const char *text, const char *option, double min, double max)
{
    char *end;

    v[0] = v[1] = strtod(text, &end);
    if (end != text && *end == ',') {
        const char *second = end + 1;

        v[1] = strtod(second, &end);
        if (end == second)
            end = (char *)text;
    }
    if (end == text || *end || !(v[0] >= min && v[0] <= v[1] && v[1] <= max))
        cli_usage("--%s: %s is not LO,HI with %g <= LO <= HI <= %g", option,
            text, min, max);
}
