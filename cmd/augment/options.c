#include "cmd/augment/options.h"
#include "cmd/cli/numbers.h"

struct cli_change_opts cli_change_opts = {
    .how = {.gray = -1, .cutout_size = 0.25}, .sigma = "0.1,2"};

const struct seg_augment *
cli_change_settings(void)
{
    struct cli_change_opts *o = &cli_change_opts;

    if (o->how.gray < 0)
        o->how.gray = o->how.color > 0 ? 0.2 : 0;
    if (o->gamma)
        cli_pair(o->how.gamma, o->gamma, "gamma", 0.01, 100);
    if (o->how.relative && o->how.offset == 0 && o->how.noise == 0)
        cli_usage("--relative requires --brightness or --noise");
    cli_pair(o->how.sigma, o->sigma, "sigma", 0.01, 100);
    o->how.seed = cli.seed;
    return &o->how;
}
