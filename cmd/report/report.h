/*
 * Parts of a report: each reads files and writes a section of a page.  All
 * functions exit on failure.
 */
#ifndef SEG_CMD_REPORT_REPORT_H
#define SEG_CMD_REPORT_REPORT_H

#include "cmd/cli/cli.h"
#include "lib/label/labelmap.h"

struct cli_report {
    FILE *f; /* the page */
    struct seg_arena arena;
    struct seg_classes classes; /* names and colors; n 0: unknown */
};

/* Scores of seg-score, or results of seg-table. */
void cli_report_scores(struct cli_report *r, const char *path);

/* Curves of the logs of trainings. */
void cli_report_logs(struct cli_report *r, const struct cli_list *paths);

/* Settings: a text, as it is. */
void cli_report_settings(struct cli_report *r, const char *path);

#endif
