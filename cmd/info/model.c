#include "cmd/info/model.h"
#include "cmd/cli/cli.h"
#include "formats/stream/model.h"

static void
print_memory(
    FILE *f, struct seg_net *net, const int size[2], int batch, int training)
{
    struct seg_net_plan plan = {.n = batch,
        .h = size[1],
        .w = size[0],
        .training = training,
        .threads = cli.threads,
        .mem_limit = cli.mem_limit};
    struct seg_err e;

    cli_check(seg_net_plan(net, &plan, &e), &e);
    struct seg_net_bytes b = seg_net_bytes(net);
    fprintf(f,
        "memory    %s: %.6g MB (values %.6g, parameters %.6g, scratch %.6g)\n",
        training ? "training" : "predicting", (double)b.total * 1e-6,
        (double)b.values * 1e-6, (double)b.params * 1e-6,
        (double)b.scratch * 1e-6);
}

void
cli_info_model(FILE *f, const struct seg_record *rec, const char *name,
    const int size[2], int batch)
{
    struct seg_model m = {0};
    struct seg_err e;

    cli_check(seg_model_read(&m, rec, name, &e), &e);
    fprintf(f, "model     %d nodes, %zu weights, %d channels\n",
        seg_net_steps(m.net), seg_net_weights(m.net), m.channels);
    if (size[0])
        for (int training = 1; training >= 0; training--)
            print_memory(f, m.net, size, batch, training);
    seg_model_free(&m);
}
