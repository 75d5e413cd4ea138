/* The options of seg-augment that say how an image is changed. */
#ifndef SEG_CMD_AUGMENT_OPTIONS_H
#define SEG_CMD_AUGMENT_OPTIONS_H

#include "cmd/cli/cli.h"
#include "lib/image/augment.h"

struct cli_change_opts {
    struct seg_augment how;
    const char *gamma; /* LO,HI */
    const char *sigma; /* LO,HI in pixels */
};
extern struct cli_change_opts cli_change_opts;

/* The rows of the option table. */
#define CLI_CHANGE_OPTIONS                                                     \
    {0, "gamma", CLI_TEXT, &cli_change_opts.gamma, 0, 0, NULL, 0, "LO,HI",     \
        "gamma curve with a random exponent in this range, log-uniform (1)"},  \
        {0, "bias-field", CLI_FLOAT, &cli_change_opts.how.bias, 0, 5, NULL, 0, \
            "S", "strength of a smooth change of brightness across it (0)"},   \
        {0, "brightness", CLI_FLOAT, &cli_change_opts.how.offset, 0, 1e9,      \
            NULL, 0, "X",                                                      \
            "add a random number from -X to X to all values (0)"},             \
        {0, "color", CLI_FLOAT, &cli_change_opts.how.color, 0, 5, NULL, 0,     \
            "S",                                                               \
            "strength of random brightness, contrast, saturation, hue (0)"},   \
        {0, "gray", CLI_FLOAT, &cli_change_opts.how.gray, 0, 1, NULL, 0, "P",  \
            "probability of removing all color (0.2 with --color, else 0)"},   \
        {0, "blur", CLI_FLOAT, &cli_change_opts.how.blur, 0, 1, NULL, 0, "P",  \
            "probability of a Gaussian blur (0)"},                             \
        {0, "sigma", CLI_TEXT, &cli_change_opts.sigma, 0, 0, NULL, 0, "LO,HI", \
            "range of the blur's sigma in pixels (0.1,2)"},                    \
        {0, "noise", CLI_FLOAT, &cli_change_opts.how.noise, 0, 1e9, NULL, 0,   \
            "SD",                                                              \
            "Gaussian noise up to this deviation, in units of the image (0)"}, \
        {0, "relative", CLI_FLAG, &cli_change_opts.how.relative, 0, 0, NULL,   \
            0, NULL,                                                           \
            "--brightness and --noise are in deviations of the image"},        \
        {0, "cutout", CLI_FLOAT, &cli_change_opts.how.cutout, 0, 1, NULL, 0,   \
            "P", "probability of cutting out a rectangle (0)"},                \
    {                                                                          \
        0, "cutout-size", CLI_FLOAT, &cli_change_opts.how.cutout_size, 0, 1,   \
            NULL, 0, "F",                                                      \
            "sides of the rectangle as a share of the image's (0.25)"          \
    }

/* What the options and the seed give.  Exits with 64 if they are not valid. */
const struct seg_augment *cli_change_settings(void);

#endif
