#include <jansson.h>
#include <math.h>

#include "formats/polygon/json_file.h"
#include "formats/stream/file.h"

enum { FILE_BYTES = 256 << 20 };
static const double furthest = 1e6; /* coordinates beyond are refused */

struct json_t *
seg_json_file_read(const char *path, size_t max_bytes, struct seg_err *e)
{
    struct seg_arena scratch = {0};
    struct seg_file file;
    json_error_t error;
    json_t *root = NULL;

    if (!seg_file_read(
            &file, &scratch, path, max_bytes ? max_bytes : FILE_BYTES, e)) {
        root = json_loadb(file.data, file.bytes, 0, &error);
        if (!root && json_error_code(&error) == json_error_out_of_memory)
            seg_fail(e, SEG_EMEM, "%s: out of memory", path);
        else if (!root)
            seg_fail(e, SEG_EDATA, "%s:%d: not JSON: %.100s", path, error.line,
                error.text);
    }
    seg_arena_free(&scratch);
    return root;
}

int
seg_json_point(double xy[2], const struct json_t *list, size_t i)
{
    for (size_t k = 0; k < 2; k++) {
        const json_t *v = json_array_get(list, i + k);

        xy[k] = json_number_value(v);
        if (!json_is_number(v) || !(fabs(xy[k]) <= furthest))
            return -1;
    }
    return 0;
}
