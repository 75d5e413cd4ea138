/*
 * Statistics of a dataset <-> TSV text, the table of seg-stat(1).
 *
 *   # index  name  pixels  images  present  share  inverse  median  effective
 *   class  0  ground  5160  16  9216  0.6  ...      one row a class
 *   ignored  255  -  700  16                        pixels, images
 *   # index  name  pixels  mean  sd  min  max  sum  squares
 *   band  0  -  9216  ...                           one row a band
 *   percentile  0  -  99.5  251                     of a band, where asked for
 *   levels  0  -  0:17 3:2 ...                      value:count, ascending
 *   images  16                  the last line: a shorter file is bad data
 *
 * Sums are written exactly (lib/base/exact.h), and percentiles are made of the
 * levels: what is written of shards adds up to what would have been written of
 * the whole.
 */
#ifndef SEG_FORMATS_TABLE_STATS_H
#define SEG_FORMATS_TABLE_STATS_H

#include "lib/dataset/stat.h"

/* The text, in a, with n percentiles where s has levels. */
char *seg_stats_text(const struct seg_stat *s, const double *percentile, int n,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Reads it back: names and bands in a.  Shares, weights and moments are made of
   the sums and not read.  path is for messages. */
int seg_stats_parse(struct seg_stat *s, struct seg_arena *a, const char *text,
    const char *path, struct seg_err *e) SEG_MUST_USE;

#endif
