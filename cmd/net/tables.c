#include "cmd/net/tables.h"

#include "cmd/cli/cli.h"
#include "lib/op/op.h"
#include "lib/zoo/zoo.h"

const char *const *
cli_net_names(struct seg_arena *arena)
{
    struct seg_zoo_arch arch;
    struct seg_err e;
    size_t n = 0;

    while (!seg_zoo_arch(&arch, (int)n))
        n++;
    const char **names =
        cli_need(seg_take(arena, n + 1, sizeof *names, &e), &e);
    for (size_t i = 0; !seg_zoo_arch(&arch, (int)i); i++)
        names[i] = cli_need(seg_take_string(arena, arch.name, &e), &e);
    return names;
}

void
cli_net_print_architectures(FILE *out)
{
    struct seg_zoo_arch arch;

    for (int i = 0; !seg_zoo_arch(&arch, i); i++)
        fprintf(out, "%-34s%s%s%s\n", arch.name, arch.encoder->about,
            arch.decoder ? ", " : "", arch.decoder ? arch.decoder->about : "");
}

/* Prints a setting, for example "c=1..65536, required". */
static void
describe(FILE *out, const struct seg_setting *s)
{
    fprintf(out, "    %s=", s->key);
    if (s->kind == SEG_SET_NODE)
        fprintf(out, "NODE");
    else if (s->kind == SEG_SET_WORD)
        for (int i = 0; s->words[i]; i++)
            fprintf(out, "%s%s", i ? "|" : "", s->words[i]);
    else
        fprintf(out, "%.10g..%.10g", s->min, s->max);
    if (s->required)
        fprintf(out, ", required\n");
    else if (s->kind == SEG_SET_WORD)
        fprintf(out, " (%s)\n", s->words[(int)s->preset]);
    else if (s->kind == SEG_SET_NODE || s->preset < s->min)
        fprintf(out, ", optional\n");
    else
        fprintf(out, " (%.10g)\n", s->preset);
}

void
cli_net_print_operators(FILE *out)
{
    for (const struct seg_op *const *op = seg_ops; *op; op++) {
        fprintf(out, "%s\n    %s\n", (*op)->name, (*op)->formula);
        fprintf(out, "    inputs: %d", (*op)->min_in);
        if ((*op)->max_in != (*op)->min_in)
            fprintf(out, "..%d", (*op)->max_in);
        fprintf(out, "\n");
        for (const struct seg_setting *s = (*op)->settings; s->key; s++)
            describe(out, s);
    }
}
