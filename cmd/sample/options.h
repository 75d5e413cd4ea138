/*
 * The options of seg-sample that say what a patch is: its size, and how it is
 * scaled, mirrored, rotated and deformed.
 */
#ifndef SEG_CMD_SAMPLE_OPTIONS_H
#define SEG_CMD_SAMPLE_OPTIONS_H

#include "cmd/cli/cli.h"
#include "lib/dataset/sample.h"

struct cli_patch_opts {
    int crop[2]; /* width, height, pixels */
    int stride[2];
    const char *scale;   /* LO,HI */
    const char *angle;   /* LO,HI in degrees */
    const char *shear;   /* LO,HI in degrees */
    const char *elastic; /* SD,SIGMA in pixels */
    double shift;
    int flip, rotate;
    double max_share, max_nodata;
};
extern struct cli_patch_opts cli_patch_opts;
extern const char *const cli_patch_flips[];

/* The rows of the option table. */
#define CLI_PATCH_OPTIONS                                                      \
    {0, "crop", CLI_WXH, cli_patch_opts.crop, 1, 1 << 16, NULL, CLI_REQUIRED,  \
        "WxH", "patch size in pixels"},                                        \
        {0, "scale", CLI_TEXT, &cli_patch_opts.scale, 0, 0, NULL, 0, "LO,HI",  \
            "resize by a random factor in this range, log-uniform (1)"},       \
        {0, "flip", CLI_CHOICE, &cli_patch_opts.flip, 0, 0, cli_patch_flips,   \
            0, "h|v|hv",                                                       \
            "mirror half of the patches: left-right, up-down, both (none)"},   \
        {0, "rotate", CLI_FLAG, &cli_patch_opts.rotate, 0, 0, NULL, 0, NULL,   \
            "rotate by 0, 90, 180 or 270 degrees at random"},                  \
        {0, "angle", CLI_TEXT, &cli_patch_opts.angle, 0, 0, NULL, 0, "LO,HI",  \
            "rotate by a random angle in this range, degrees (0)"},            \
        {0, "shear", CLI_TEXT, &cli_patch_opts.shear, 0, 0, NULL, 0, "LO,HI",  \
            "shear by a random angle in this range, degrees (0)"},             \
        {0, "shift", CLI_FLOAT, &cli_patch_opts.shift, 0, 1, NULL, 0, "F",     \
            "displace patches by up to this share of their sides (0)"},        \
        {0, "elastic", CLI_TEXT, &cli_patch_opts.elastic, 0, 0, NULL, 0,       \
            "SD,SIGMA",                                                        \
            "displace pixels by SD pixels, smooth over SIGMA pixels (none)"},  \
        {0, "max-class-share", CLI_FLOAT, &cli_patch_opts.max_share, 0, 1,     \
            NULL, 0, "F",                                                      \
            "draw again, 10 times at most, if a class has this share (1)"},    \
    {                                                                          \
        0, "max-nodata", CLI_FLOAT, &cli_patch_opts.max_nodata, 0, 1, NULL, 0, \
            "F", "no patches with a larger share of pixels without data (1)"   \
    }

/* The settings that the options and the seed give.  Exits with 64 if they are
   not valid. */
struct seg_sample cli_patch_settings(void);

/* 1 if an option draws at random how a patch is cut. */
int cli_patch_is_random(void);

#endif
