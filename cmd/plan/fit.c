#include <string.h>

#include "cmd/plan/fit.h"
#include "formats/stream/model.h"
#include "lib/zoo/zoo.h"

/* The ResNets of lib/zoo have their names after backbone. */
static const char *const prefixes[] = {"", "backbone.", NULL};

/* 1 if the network has a parameter of that name and shape. */
static int
has(const struct seg_net *net, const char *prefix, const struct seg_tensor *t)
{
    char name[300];

    snprintf(name, sizeof name, "%s%s", prefix, t->name);
    const struct seg_param *p = seg_net_param_named(net, name);
    return p && p->rank == t->rank &&
           !memcmp(p->shape, t->shape, (size_t)t->rank * sizeof *p->shape);
}

static int
is_counter(const struct seg_tensor *t)
{
    return strstr(t->name, "num_batches_tracked") != NULL;
}

static void
try(struct cli_fit *best, const char *arch, const struct seg_record *rec)
{
    struct seg_err e;
    struct seg_arena a = {0};
    struct seg_net *net;
    struct seg_zoo_opts opts = {0};

    const char *text = cli_need(seg_zoo_text(&a, arch, &opts, &e), &e);
    cli_check(seg_net_parse_graph(&net, text, arch, &e), &e);
    for (const char *const *p = prefixes; *p; p++) {
        int n = 0;

        for (int i = 0; i < rec->ntensors; i++)
            n += has(net, *p, rec->tensors + i);
        if (n > best->loaded)
            *best = (struct cli_fit){arch, *p, n};
    }
    seg_net_free(net);
    seg_arena_free(&a);
}

void
cli_fit(struct cli_fit *fit, const char *path)
{
    struct seg_err e;
    struct seg_record rec = {0};
    struct seg_reader *r = cli_reader(path);
    struct seg_zoo_arch arch;
    int weights = 0;

    if (!cli_check(seg_reader_next(r, &rec, &e), &e))
        cli_fail(SEG_EDATA, "%s: no record, so no weights", path);
    *fit = (struct cli_fit){0};
    for (int i = 0; !seg_zoo_arch(&arch, i); i++)
        if (arch.decoder && !strcmp(arch.decoder->name, "hypercolumn"))
            try(fit, cli_take_string(arch.name), &rec);
    for (int i = 0; i < rec.ntensors; i++)
        weights += !is_counter(rec.tensors + i);
    if (2 * fit->loaded < weights)
        cli_fail(SEG_EDATA,
            "%s: %d of its %d weights fit %s, and no network fits better: "
            "make the model with seg-net and seg-init",
            path, fit->loaded, weights, fit->arch ? fit->arch : "a network");
    cli_discard_reader(r);
    seg_record_free(&rec);
}
