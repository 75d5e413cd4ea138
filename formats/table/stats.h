/*
 * Statistics of a dataset as TSV text, the table of seg-stat(1).
 *
 *   # index  name  pixels  images  present  share  inverse  median  effective
 *   class  0  ground  5160  16  9216  0.6  ...      one row for each class
 *   ignored  255  -  700  16                        pixels, images
 *   # index  name  pixels  mean  sd  min  max  sum  squares
 *   band  0  -  9216  ...                           one row for each band
 *   percentile  0  -  99.5  251                     of a band, optional
 *   levels  0  -  0:17 3:2 ...                      value:count, ascending
 *   images  16                  the last line: a shorter file is bad data
 *
 * Sums are written exactly (lib/base/exact.h), and percentiles are computed
 * from the levels, so the statistics of shards can be added without rounding.
 */
#ifndef SEG_FORMATS_TABLE_STATS_H
#define SEG_FORMATS_TABLE_STATS_H

#include "lib/dataset/stat.h"

/* The text, in memory from a, with n percentiles if s has levels. */
char *seg_stats_text(const struct seg_stat *s, const double *percentile, int n,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* The same text as JSON: a list of objects for each kind of row.  text is cut
   up. */
char *seg_stats_json(
    struct seg_arena *a, char *text, struct seg_err *e) SEG_MUST_USE;

/* Parses the text; names and bands are in memory from a.  Shares, weights,
   means and deviations are computed from the sums.  path is for messages. */
int seg_stats_parse(struct seg_stat *s, struct seg_arena *a, const char *text,
    const char *path, struct seg_err *e) SEG_MUST_USE;

#endif
