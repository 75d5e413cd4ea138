#include "cmd/export/model_file.h"
#include "cmd/cli/open_model.h"
#include "formats/onnx/onnx.h"

void
cli_export_onnx(const char *onnx, const char *path, int softmax)
{
    struct seg_model m;
    struct seg_record rec = {0};
    struct seg_onnx_opts opts = {softmax, cli.mem_limit};
    struct seg_err e;
    struct seg_reader *r = cli_model(&m, &rec, path);
    struct cli_out *out = cli_create(onnx);

    cli_check(seg_onnx_write(
                  cli_out_fd(out), onnx, &m, seg_reader_name(r), &opts, &e),
        &e);
    cli_commit(out);
    cli_close_reader(r);
    seg_record_free(&rec);
    seg_model_free(&m);
}
