#ifndef SEG_CMD_REPORT_MODEL_H
#define SEG_CMD_REPORT_MODEL_H

#include "cmd/report/report.h"
#include "formats/stream/model.h"

/* A model file; start with 0. */
struct cli_report_model {
    struct seg_model model;
    struct seg_record rec;
    struct seg_reader *reader;
};

/* Reads a model; its classes become those of the report. */
void cli_report_model_read(
    struct cli_report *r, struct cli_report_model *m, const char *path);

/* Facts, metadata, network text and history. */
void cli_report_model(struct cli_report *r, const struct cli_report_model *m);

void cli_report_model_free(struct cli_report_model *m);

#endif
