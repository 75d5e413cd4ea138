#include "cmd/sample/options.h"
#include "cmd/cli/numbers.h"

struct cli_patch_opts cli_patch_opts = {
    .scale = "1", .max_share = 1, .max_nodata = 1};
/* bit 0: left-right, bit 1: up-down */
const char *const cli_patch_flips[] = {"none", "h", "v", "hv", NULL};

struct seg_sample
cli_patch_settings(void)
{
    const struct cli_patch_opts *o = &cli_patch_opts;
    struct seg_sample s = {.w = o->crop[0],
        .h = o->crop[1],
        .stride = {o->stride[0], o->stride[1]},
        .shift = o->shift,
        .flip_x = o->flip & 1,
        .flip_y = o->flip >> 1,
        .turn = o->rotate,
        .max_share = o->max_share,
        .max_nodata = o->max_nodata,
        .seed = cli.seed};

    if (!s.stride[0]) {
        s.stride[0] = s.w;
        s.stride[1] = s.h;
    }
    cli_pair(s.scale, o->scale, "scale", 0.01, 100);
    if (o->angle)
        cli_pair(s.angle, o->angle, "angle", -180, 180);
    if (o->shear)
        cli_pair(s.shear, o->shear, "shear", -60, 60);
    if (o->elastic) {
        double v[2];

        if (cli_numbers(v, 2, o->elastic, "elastic", 0.1, 100) != 2)
            cli_usage("--elastic %s: expected SD,SIGMA", o->elastic);
        s.elastic = v[0];
        s.smooth = v[1];
    }
    return s;
}

int
cli_patch_is_random(void)
{
    const struct cli_patch_opts *o = &cli_patch_opts;

    return o->flip || o->rotate || o->angle || o->shear || o->shift > 0 ||
           o->elastic || o->max_share < 1;
}
