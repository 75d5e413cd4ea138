/* What seg-pseudo prints about the classes: a table, a note, a warning. */
#ifndef SEG_CMD_PSEUDO_REPORT_H
#define SEG_CMD_PSEUDO_REPORT_H

#include <stdio.h>

#include "lib/pseudo/label.h"

struct cli_pseudo_report {
    uint64_t images, without_image;
    uint64_t changed;        /* pixels whose class the prototypes changed */
    int classes;             /* number of rows */
    int named;               /* 1: the data names its classes */
    const char **name;       /* by class */
    const double *threshold; /* confidence by class, NAN: none */
    const struct seg_pseudo_counts *counts; /* by class */
};

/* Fills classes, named and name: the names of a list (seg.classes) or, if that
   is NULL, the numbers of the classes up to the last one that is predicted. */
void cli_pseudo_names(struct cli_pseudo_report *r, const char *list);

/* The table, with a row for each class and one for all. */
void cli_pseudo_table(FILE *f, const struct cli_pseudo_report *r);

/* A line about all pixels, and warnings about classes without a trusted pixel
   and records without an image. */
void cli_pseudo_summary(const struct cli_pseudo_report *r);

#endif
