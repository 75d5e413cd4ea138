/* Intensity statistics of whole images, copied into the patches cut from
   them. */
#ifndef SEG_CMD_SAMPLE_INTENSITIES_H
#define SEG_CMD_SAMPLE_INTENSITIES_H

#include "lib/tensor/record.h"

struct cli_intensities {
    struct seg_arena arena;
    const char **known; /* by record number; NULL: not computed yet */
};

/* Prepares for n records.  Without this call cli_intensities_set does
   nothing. */
void cli_intensities_start(struct cli_intensities *w, size_t n);

/* Sets seg.intensity of record `number`.  The statistics are computed at the
   first call for this number and kept. */
void cli_intensities_set(
    struct cli_intensities *w, size_t number, struct seg_record *rec);

#endif
