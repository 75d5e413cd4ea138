/* What seg-plan reads of a stream: sizes, bands, classes and their pixels. */
#ifndef SEG_CMD_PLAN_SURVEY_H
#define SEG_CMD_PLAN_SURVEY_H

#include "cmd/cli/cli.h"
#include "lib/dataset/stat.h"

struct cli_survey {
    const char *name; /* of the file */
    struct seg_arena arena;
    int images;
    int h, w;      /* size of the image with the median number of pixels */
    int most;      /* pixels of the largest image */
    double pixels; /* of all images */
    int sizes;     /* images of another size than the one before */
    enum seg_type type;
    int by_image; /* the records have statistics of whole images */
    /* only of labeled streams */
    struct seg_stat stat;
    int classes;
    int rarest;    /* of the classes that occur */
    double share;  /* its share of the labeled pixels */
    double spread; /* largest deviation of an image's values / smallest */
};

/* Reads a stream; exits if it has no images, or labeled images are wanted and
   a record has no label.  Memory belongs to s->arena. */
void cli_survey(struct cli_survey *s, const char *path, int labeled);

#endif
