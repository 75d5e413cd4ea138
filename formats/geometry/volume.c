#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/geometry/volume.h"
#include "formats/table/number.h"

enum { TEXT = 700 };

void
seg_volume_axes(int axis, int *row, int *column)
{
    *row = axis == 2 ? 1 : 2;
    *column = axis == 0 ? 1 : 0;
}

static size_t
print_numbers(char *to, const char *name, const double *v, int n)
{
    size_t at = (size_t)sprintf(to, " %s=", name);

    for (int i = 0; i < n; i++) {
        if (i)
            to[at++] = ',';
        at += (size_t)seg_number_print(to + at, v[i]);
    }
    return at;
}

int
seg_volume_set(
    struct seg_record *rec, const struct seg_volume *v, struct seg_err *e)
{
    char text[TEXT];
    const char *slash = strrchr(v->path, '/');
    size_t at = (size_t)sprintf(text, "axis=%c index=%zu shape=%zu,%zu,%zu",
        "xyz"[v->axis], v -> index, v -> shape[0], v -> shape[1],
        v -> shape[2]);

    at += print_numbers(text + at, "spacing", v->spacing, 3);
    at += (size_t)sprintf(text + at, " unit=%s", v->unit);
    at += print_numbers(text + at, "affine", v->affine, 12);
    snprintf(
        text + at, sizeof text - at, " path=%s", slash ? slash + 1 : v->path);
    return seg_record_set(rec, "seg.volume", text, e);
}

static int
parse_numbers(const char *text, const char *name, double *v, int n)
{
    const char *p = strstr(text, name);
    char *end;

    if (!p)
        return -1;
    p += strlen(name);
    for (int i = 0; i < n; i++, p = end + 1) {
        v[i] = strtod(p, &end);
        if (end == p || (i + 1 < n && *end != ','))
            return -1;
    }
    return 0;
}

int
seg_volume_get(
    struct seg_volume *v, const struct seg_record *rec, struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.volume"),
               *path = text ? strstr(text, " path=") : NULL;
    char axis;

    if (!text)
        return 0;
    if (!path ||
        sscanf(text, "axis=%c index=%zu shape=%zu,%zu,%zu", &axis, &v->index,
            &v->shape[0], &v->shape[1], &v->shape[2]) != 5 ||
        axis < 'x' || axis > 'z' || v->index >= v->shape[axis - 'x'] ||
        parse_numbers(text, " spacing=", v->spacing, 3) ||
        parse_numbers(text, " affine=", v->affine, 12) ||
        sscanf(strstr(text, " spacing="), " spacing=%*s unit=%7s", v->unit) !=
            1)
        return seg_fail(e, SEG_EDATA, "%s: seg.volume cannot be parsed: %s",
            seg_record_name(rec), text);
    v->axis = axis - 'x';
    v->path = path + 6;
    return 1;
}

const char *
seg_volume_key(struct seg_arena *a, const struct seg_record *rec,
    const struct seg_volume *v, struct seg_err *e)
{
    char end[24];
    const char *key = seg_record_key(rec);
    size_t n = strlen(key);
    size_t k = (size_t)snprintf(end, sizeof end, "@%zu", v->index);

    if (n > k && !strcmp(key + n - k, end))
        return seg_take_bytes(a, key, n - k, e);
    seg_fail(e, SEG_EDATA, "%s: the key of slice %zu should end in %s", key,
        v->index, end);
    return NULL;
}

int
seg_volume_continues(
    const char *key, const struct seg_volume *at, const struct seg_record *rec)
{
    struct seg_volume v;
    struct seg_err e;
    const char *slice = seg_record_key(rec);
    size_t n = strlen(key);

    return n && seg_volume_get(&v, rec, &e) > 0 && !strncmp(slice, key, n) &&
           slice[n] == '@' && v.axis == at->axis &&
           !memcmp(v.shape, at->shape, sizeof v.shape) &&
           strspn(slice + n + 1, "0123456789") == strlen(slice + n + 1);
}
