#include <inttypes.h>
#include <string.h>

#include "cmd/train/header.h"
#include "cmd/train/options.h"
#include "lib/base/hash.h"

static void
describe_optimizer(char *text, size_t size)
{
    const struct cli_training_opts *o = &cli_training_opts;

    if (o->optimizer == SEG_SGD)
        snprintf(text, size, "momentum %g%s, ", o->momentum,
            o->nesterov ? " (Nesterov)" : "");
    else
        *text = 0;
}

const char *
cli_training_header(struct cli_training *t)
{
    const struct cli_training_opts *o = &cli_training_opts;
    const struct seg_net *net = t->loop.net;
    const char *text = seg_net_text(net);
    char optimizer[60];
    struct seg_err e;

    describe_optimizer(optimizer, sizeof optimizer);
    return cli_need(
        seg_take_text(&t->arena, &e,
            "# command: %s"
            "# network: %d nodes, %zu weights, hash of its text %016" PRIx64
            "\n# start: %s\n"
            "# settings: %s, %sweight decay %g, average %g, layer decay %g, "
            "schedule %s, "
            "steps %" PRIu64 ", batch %d * %d, seed %" PRIu64 "\n",
            cli_own_history(), seg_net_steps(net), seg_net_weights(net),
            seg_hash(text, strlen(text)), t->origin, t->settings, optimizer,
            o->decay, o->ema, o->layer_decay,
            cli_training_schedules[o->schedule], t->total, o->batch,
            o->accumulate, cli.seed),
        &e);
}
