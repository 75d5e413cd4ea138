#include <stdlib.h>
#include <string.h>

#include "formats/tiff/tiff_directory.h"

struct seg_tiff_header
seg_tiff_read_header(seg_tiff_read_at read, void *file)
{
    uint8_t b[4] = {0};

    if (read(file, 0, b, 4) != 4)
        return (struct seg_tiff_header){0, 0};
    return (struct seg_tiff_header){b[0] == 'M', b[2] == 43 || b[3] == 43};
}

uint64_t
seg_tiff_number(
    const uint8_t *p, int bytes, const struct seg_tiff_header *header)
{
    uint64_t v = 0;

    for (int i = 0; i < bytes; i++)
        v |= (uint64_t)p[i] << 8 * (header->big_endian ? bytes - 1 - i : i);
    return v;
}

static size_t
type_bytes(int type)
{
    static const uint8_t bytes[] = {
        0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

    return type > 0 && type < (int)sizeof bytes ? bytes[type] : 0;
}

int
seg_tiff_find_entry(struct seg_tiff_entry *entry, seg_tiff_read_at read,
    void *file, uint64_t dir, int tag)
{
    uint8_t b[20];

    const struct seg_tiff_header header = seg_tiff_read_header(read, file);
    int word = header.big_tiff ? 8 : 4, head = header.big_tiff ? 8 : 2;
    size_t size = (size_t)(4 + 2 * word);

    if (read(file, dir, b, (size_t)head) != (size_t)head)
        return 0;
    uint64_t n = seg_tiff_number(b, head, &header), at = dir + (uint64_t)head;
    for (; n && read(file, at, b, size) == size; n--, at += size) {
        if (seg_tiff_number(b, 2, &header) != (uint64_t)tag)
            continue;
        entry->type = (int)seg_tiff_number(b + 2, 2, &header);
        entry->count = seg_tiff_number(b + 4, word, &header);
        entry->at = at + 4 + (uint64_t)word;
        size_t each = type_bytes(entry->type);
        if (each && entry->count > (uint64_t)word / each)
            entry->at = seg_tiff_number(b + 4 + word, word, &header);
        return 1;
    }
    return 0;
}

uint64_t
seg_tiff_count_offsets(seg_tiff_read_at read, void *file, uint64_t dir)
{
    enum { STRIPS = 273, TILES = 324 };
    struct seg_tiff_entry strips = {.count = 0}, tiles = {.count = 0};

    if (!seg_tiff_find_entry(&strips, read, file, dir, STRIPS))
        strips.count = 0;
    if (!seg_tiff_find_entry(&tiles, read, file, dir, TILES))
        tiles.count = 0;
    return strips.count > tiles.count ? strips.count : tiles.count;
}

int
seg_tiff_alpha(seg_tiff_read_at read, void *file, uint64_t dir)
{
    enum { EXTRA_SAMPLES = 338, SHORT = 3, UNASSOCIATED = 2 };
    const struct seg_tiff_header header = seg_tiff_read_header(read, file);
    struct seg_tiff_entry entry;
    uint8_t b[2];

    if (!seg_tiff_find_entry(&entry, read, file, dir, EXTRA_SAMPLES) ||
        entry.type != SHORT || !entry.count || entry.count > UINT16_MAX ||
        read(file, entry.at + 2 * (entry.count - 1), b, 2) != 2)
        return 0;
    int kind = (int)seg_tiff_number(b, 2, &header);
    return kind <= UNASSOCIATED ? kind : 0;
}

/* ---- number of declared images ---- */

/* The number after a name, or 0 if there is none. */
static uint64_t
number_after(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* Parses a list like "5, 20, 30]"; returns the number of its numbers. */
static int
numbers(uint64_t *to, int most, const char *p)
{
    char *end;

    for (int n = 0; n < most; n++, p = end + strspn(end, ", ")) {
        to[n] = strtoull(p, &end, 10);
        if (end == p)
            return n;
    }
    return 0;
}

/* From the shape of tifffile.  A shape that does not end in the sides of the
   image was copied from another file together with the description. */
static void
from_shape(struct seg_tiff_declared *d, const char *text,
    const struct seg_tiff_sides *s)
{
    enum { AXES = 16 };
    const char *shape = strstr(text, "\"shape\": [");
    uint64_t side[AXES], all = 1;
    int n = 0;

    if (*text == '{' && shape)
        n = numbers(side, AXES, shape + strlen("\"shape\": ["));
    else if (!strncmp(text, "shape=(", 7))
        n = numbers(side, AXES, text + 7);
    d->alone = strstr(text, "\"truncated\": true") != NULL;
    int last = n > 2 && side[n - 1] == s->c && side[n - 2] == s->w;
    n -= last;
    if (n < 3 || side[n - 1] != s->w || side[n - 2] != s->h)
        return;
    for (int i = 0; i < n - 2; i++) {
        if (!side[i] || all > UINT64_MAX / side[i])
            return;
        all *= side[i];
    }
    if (last || all % s->c == 0)
        d->images = last ? all : all / s->c;
}

static void
from_imagej(struct seg_tiff_declared *d, const char *text)
{
    static const char *const axes[] = {"\nchannels=", "\nslices=", "\nframes="};
    uint64_t n = number_after(text, "\nimages="), all = 1;

    for (int i = 0; i < 3; i++) {
        uint64_t side = number_after(text, axes[i]);

        all *= side > 1 && side < 1 << 20 ? side : 1;
    }
    d->images = n ? n : all;
}

void
seg_tiff_find_declared(struct seg_tiff_declared *d, seg_tiff_read_at read,
    void *file, uint64_t dir, const struct seg_tiff_sides *sides)
{
    enum { DESCRIPTION = 270, UIC2 = 33629, ASCII = 2, LIMIT = 64 << 10 };
    struct seg_tiff_entry entry;
    char text[LIMIT];

    *d = (struct seg_tiff_declared){.images = 1, .from = "UIC2Tag (tag 33629)"};
    if (seg_tiff_find_entry(&entry, read, file, dir, UIC2) && entry.count)
        d->images = entry.count;
    if (d->images > 1 ||
        !seg_tiff_find_entry(&entry, read, file, dir, DESCRIPTION) ||
        entry.type != ASCII)
        return;
    d->from = "ImageDescription (tag 270)";
    size_t n = entry.count < LIMIT ? (size_t)entry.count : LIMIT - 1;
    text[read(file, entry.at, text, n)] = 0;
    if (!strncmp(text, "ImageJ=", 7))
        from_imagej(d, text);
    else
        from_shape(d, text, sides);
}
