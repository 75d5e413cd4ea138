/*
 * The options that help against errors of the libraries.
 *
 * lib and formats know no options: their messages state a fact, and a program
 * adds a hint to it.  A hint belongs to the end of a message.
 */
#include <string.h>

#include "cmd/cli/internal.h"

static const struct hint {
    const char *fact, *text;
} hints[] = {
    {"a patch without seg.intensity, the statistics of its whole image",
        ": use seg-sample --intensity or seg-import --intensity"},
    {"has no value in the label map, only a color", "; --rgb writes colors"},
    {"from the mean of the model",
        ": if it stands for no data, declare it (seg-import --nodata), or see "
        "--stat of seg-init"},
    {"the learning rate may be too high",
        ": lower --lr, or give --warmup or --clip"},
    {"no seg.classes and no number of classes", " (--classes)"},
    {"two views are needed", " (seg-augment --views 2)"},
    {"one size is needed", " (seg-sample --crop)"},
    {"images without label", ": --only-labeled leaves them out"},
    {"no such architecture", " (see seg-net --architectures)"},
    {"is not a number, as curves need", " (--bars takes words)"},
};

const char *
cli_hint(const char *message)
{
    size_t n = strlen(message);

    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        size_t m = strlen(hints[i].fact);

        if (m <= n && !strcmp(message + n - m, hints[i].fact))
            return hints[i].text;
    }
    return "";
}
