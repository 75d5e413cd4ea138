/*
 * The end record is in the last 64 KiB and has the offset of the directory.
 * The directory has the offset of each local header; the bytes of the member
 * follow it.
 */
#include <string.h>

#include "formats/weights/zip.h"

enum { END = 22, END64 = 56, LOCATOR = 20, ENTRY = 46, LOCAL = 30 };

struct archive {
    const unsigned char *p;
    size_t n;
    const char *file;
    struct seg_err *e;
};

static int
fail(const struct archive *z, const char *text)
{
    return seg_fail(z->e, SEG_EDATA, "%.200s: zip archive: %s", z->file, text);
}

/* A little-endian number of `bytes` bytes. */
static uint64_t
number(const unsigned char *p, int bytes)
{
    uint64_t u = 0;

    while (bytes-- > 0)
        u = u << 8 | p[bytes];
    return u;
}

static int
inside(const struct archive *z, uint64_t at, uint64_t n)
{
    return at <= z->n && n <= z->n - at;
}

static int
signed_by(const struct archive *z, uint64_t at, uint64_t n, const char *magic)
{
    return inside(z, at, n) && !memcmp(z->p + at, magic, 4);
}

/* Offset, size and number of entries of the directory. */
static int
find_directory(
    const struct archive *z, uint64_t *at, uint64_t *bytes, uint64_t *entries)
{
    size_t end = z->n < END ? 0 : z->n - END, lowest;

    lowest = end > 65535 ? end - 65535 : 0;
    while (end > lowest && !signed_by(z, end, END, "PK\5\6"))
        end--;
    if (!signed_by(z, end, END, "PK\5\6"))
        return fail(z, "cut off: its directory is missing");
    *entries = number(z->p + end + 10, 2);
    *bytes = number(z->p + end + 12, 4);
    *at = number(z->p + end + 16, 4);
    if (end >= LOCATOR && signed_by(z, end - LOCATOR, LOCATOR, "PK\6\7")) {
        uint64_t wide = number(z->p + end - LOCATOR + 8, 8);
        if (!signed_by(z, wide, END64, "PK\6\6"))
            return fail(z, "its zip64 record is missing");
        *entries = number(z->p + wide + 32, 8);
        *bytes = number(z->p + wide + 40, 8);
        *at = number(z->p + wide + 48, 8);
    }
    if (!inside(z, *at, *bytes) || *entries > *bytes / ENTRY)
        return fail(z, "its directory lies outside of the file");
    return 0;
}

/* Values that do not fit in 32 bits are in the zip64 field, in this order. */
static int
read_wide(const struct archive *z, const unsigned char *extra, size_t n,
    uint64_t *size, uint64_t *packed, uint64_t *at)
{
    uint64_t *value[] = {size, packed, at};

    while (n >= 4) {
        size_t bytes = (size_t)number(extra + 2, 2);
        if (bytes > n - 4)
            break;
        if (number(extra, 2) == 1) {
            const unsigned char *p = extra + 4, *end = p + bytes;
            for (int i = 0; i < 3; i++) {
                if (*value[i] != UINT32_MAX)
                    continue;
                if (end - p < 8)
                    return fail(z, "a zip64 field is cut off");
                *value[i] = number(p, 8);
                p += 8;
            }
        }
        extra += 4 + bytes;
        n -= 4 + bytes;
    }
    return 0;
}

/* Finds the bytes of a member, after its local header. */
static int
locate(const struct archive *z, struct seg_zip_member *m, uint64_t at,
    uint64_t bytes)
{
    uint64_t data;

    if (!signed_by(z, at, LOCAL, "PK\3\4"))
        return fail(z, "a member's header is missing");
    data = at + LOCAL + number(z->p + at + 26, 2) + number(z->p + at + 28, 2);
    if (!inside(z, data, bytes))
        return fail(z, "a member lies outside of the file");
    m->data = (const char *)z->p + data;
    m->bytes = (size_t)bytes;
    return 0;
}

/* One entry of the directory at p, of at most n bytes; *used of them. */
static int
read_entry(const struct archive *z, struct seg_arena *a,
    struct seg_zip_member *m, const unsigned char *p, size_t n, size_t *used)
{
    if (n < ENTRY || memcmp(p, "PK\1\2", 4))
        return fail(z, "its directory is damaged");
    size_t name = (size_t)number(p + 28, 2), extra = (size_t)number(p + 30, 2);
    uint64_t packed = number(p + 20, 4), size = number(p + 24, 4),
             at = number(p + 42, 4);
    *used = ENTRY + name + extra + (size_t)number(p + 32, 2);
    if (*used > n)
        return fail(z, "its directory is cut off");
    m->name = seg_take_bytes(a, (const char *)p + ENTRY, name, z->e);
    m->sum = (uint32_t)number(p + 16, 4);
    if (!m->name || read_wide(z, p + ENTRY + name, extra, &size, &packed, &at))
        return -1;
    if (number(p + 8, 2) & 1)
        return fail(z, "a member is encrypted");
    m->stored = number(p + 10, 2) == 0 && packed == size;
    return m->stored ? locate(z, m, at, size) : 0;
}

int
seg_zip_open(struct seg_zip *z, struct seg_arena *a, const char *bytes,
    size_t n, const char *file, struct seg_err *e)
{
    struct archive in = {(const unsigned char *)bytes, n, file, e};
    uint64_t at = 0, left = 0, entries = 0;
    size_t used = 0;

    *z = (struct seg_zip){0};
    if (find_directory(&in, &at, &left, &entries))
        return -1;
    z->member = seg_take(a, (size_t)entries, sizeof *z->member, e);
    if (!z->member)
        return -1;
    for (; z->n < entries; at += used, left -= used) {
        if (read_entry(
                &in, a, z->member + z->n, in.p + at, (size_t)left, &used))
            return -1;
        z->n++;
        if (seg_names_added(&z->names,
                (struct seg_name_list){z->member, z->n, sizeof *z->member}, a,
                e))
            return -1;
    }
    return 0;
}

const struct seg_zip_member *
seg_zip_find(const struct seg_zip *z, const char *name)
{
    size_t i = seg_names_find(&z->names,
        (struct seg_name_list){z->member, z->n, sizeof *z->member}, name);

    return i < z->n ? z->member + i : NULL;
}
