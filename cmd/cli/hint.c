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
    const char *option; /* that the program must have; NULL: any program */
} hints[] = {
    {"a patch without seg.intensity, the statistics of its whole image",
        ": use seg-sample --intensity or seg-import --intensity", NULL},
    {"has no value in the label map, only a color", "; --rgb writes colors",
        NULL},
    {"from the mean of the model",
        ": if it stands for no data, declare it (seg-import --nodata), or see "
        "--stat of seg-init",
        NULL},
    {"the learning rate may be too high",
        ": lower --lr, or give --warmup or --clip", NULL},
    {"no seg.classes and no number of classes", " (--classes)", "classes"},
    {"two views are needed", " (seg-augment --views 2)", NULL},
    {"one size is needed", " (seg-sample --crop)", NULL},
    {"images without label", ": --only-labeled leaves them out", NULL},
    {"no such architecture", " (see seg-net --architectures)", NULL},
    {"is not a number, as curves need", " (--bars takes words)", NULL},
};

static int
has_option(const char *name)
{
    const struct cli_option *o = cli_program ? cli_program->options : NULL;

    while (o && o->name && strcmp(o->name, name))
        o++;
    return o && o->name;
}

const char *
cli_hint(const char *message)
{
    size_t n = strlen(message);

    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        size_t m = strlen(hints[i].fact);

        if (m <= n && !strcmp(message + n - m, hints[i].fact) &&
            (!hints[i].option || has_option(hints[i].option)))
            return hints[i].text;
    }
    return "";
}
