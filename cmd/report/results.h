#ifndef SEG_CMD_REPORT_RESULTS_H
#define SEG_CMD_REPORT_RESULTS_H

#include "cmd/report/report.h"
#include "formats/table/tsv.h"

/* The table of seg-table: a row for each budget and method, a column for each
   metric, and curves of the first metric over the budgets. */
void cli_report_results(struct cli_report *r, const struct seg_tsv *t);

#endif
