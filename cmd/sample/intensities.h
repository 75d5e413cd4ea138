/* What the images of a stream are like, told to their patches. */
#ifndef SEG_CMD_SAMPLE_INTENSITIES_H
#define SEG_CMD_SAMPLE_INTENSITIES_H

#include "lib/tensor/record.h"

struct cli_intensities {
    struct seg_arena arena;
    const char **known; /* by number of the record; NULL: not measured yet */
};

/* For n records; without it nothing is told. */
void cli_intensities_start(struct cli_intensities *w, size_t n);

/* Sets seg.intensity of record `number`, which is measured once. */
void cli_intensities_set(
    struct cli_intensities *w, size_t number, struct seg_record *rec);

#endif
