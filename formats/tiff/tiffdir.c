#include <stdlib.h>
#include <string.h>

#include "formats/tiff/tiffdir.h"

struct seg_tiff_numbers
seg_tiffdir_form(seg_tiff_bytes read, void *file)
{
    uint8_t b[4] = {0};

    if (read(file, 0, b, 4) != 4)
        return (struct seg_tiff_numbers){0, 0};
    return (struct seg_tiff_numbers){b[0] == 'M', b[2] == 43 || b[3] == 43};
}

uint64_t
seg_tiffdir_number(
    const uint8_t *p, int bytes, const struct seg_tiff_numbers *form)
{
    uint64_t v = 0;

    for (int i = 0; i < bytes; i++)
        v |= (uint64_t)p[i] << 8 * (form->big_endian ? bytes - 1 - i : i);
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
seg_tiffdir_find(struct seg_tiff_entry *entry, seg_tiff_bytes read, void *file,
    uint64_t dir, int tag)
{
    uint8_t b[20];

    const struct seg_tiff_numbers form = seg_tiffdir_form(read, file);
    int word = form.wide ? 8 : 4, head = form.wide ? 8 : 2;
    size_t size = (size_t)(4 + 2 * word);

    if (read(file, dir, b, (size_t)head) != (size_t)head)
        return 0;
    uint64_t n = seg_tiffdir_number(b, head, &form), at = dir + (uint64_t)head;
    for (; n && read(file, at, b, size) == size; n--, at += size) {
        if (seg_tiffdir_number(b, 2, &form) != (uint64_t)tag)
            continue;
        entry->type = (int)seg_tiffdir_number(b + 2, 2, &form);
        entry->count = seg_tiffdir_number(b + 4, word, &form);
        entry->at = at + 4 + (uint64_t)word;
        size_t each = type_bytes(entry->type);
        if (each && entry->count > (uint64_t)word / each)
            entry->at = seg_tiffdir_number(b + 4 + word, word, &form);
        return 1;
    }
    return 0;
}

uint64_t
seg_tiffdir_offsets(seg_tiff_bytes read, void *file, uint64_t dir)
{
    enum { STRIPS = 273, TILES = 324 };
    struct seg_tiff_entry strips = {.count = 0}, tiles = {.count = 0};

    if (!seg_tiffdir_find(&strips, read, file, dir, STRIPS))
        strips.count = 0;
    if (!seg_tiffdir_find(&tiles, read, file, dir, TILES))
        tiles.count = 0;
    return strips.count > tiles.count ? strips.count : tiles.count;
}

int
seg_tiffdir_alpha(seg_tiff_bytes read, void *file, uint64_t dir)
{
    enum { EXTRA_SAMPLES = 338, SHORT = 3, UNASSOCIATED = 2 };
    const struct seg_tiff_numbers form = seg_tiffdir_form(read, file);
    struct seg_tiff_entry entry;
    uint8_t b[2];

    if (!seg_tiffdir_find(&entry, read, file, dir, EXTRA_SAMPLES) ||
        entry.type != SHORT || !entry.count || entry.count > UINT16_MAX ||
        read(file, entry.at + 2 * (entry.count - 1), b, 2) != 2)
        return 0;
    int kind = (int)seg_tiffdir_number(b, 2, &form);
    return kind <= UNASSOCIATED ? kind : 0;
}

/* ---- promises ---- */

/* The number after a name, or 0 if there is none. */
static uint64_t
number_after(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* A list like "5, 20, 30]"; returns how many numbers there are. */
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

/* A shape that does not end in the sides of the image was copied from another
   file, along with its description. */
static void
from_shape(struct seg_tiff_promise *p, const char *text,
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
    p->alone = strstr(text, "\"truncated\": true") != NULL;
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
        p->images = last ? all : all / s->c;
}

static void
from_imagej(struct seg_tiff_promise *p, const char *text)
{
    static const char *const axes[] = {"\nchannels=", "\nslices=", "\nframes="};
    uint64_t n = number_after(text, "\nimages="), all = 1;

    for (int i = 0; i < 3; i++) {
        uint64_t side = number_after(text, axes[i]);

        all *= side > 1 && side < 1 << 20 ? side : 1;
    }
    p->images = n ? n : all;
}

void
seg_tiffdir_promise(struct seg_tiff_promise *p, seg_tiff_bytes read, void *file,
    uint64_t dir, const struct seg_tiff_sides *sides)
{
    enum { DESCRIPTION = 270, UIC2 = 33629, ASCII = 2, ROOM = 64 << 10 };
    struct seg_tiff_entry entry;
    char text[ROOM];

    *p = (struct seg_tiff_promise){.images = 1, .from = "UIC2Tag (tag 33629)"};
    if (seg_tiffdir_find(&entry, read, file, dir, UIC2) && entry.count)
        p->images = entry.count;
    if (p->images > 1 ||
        !seg_tiffdir_find(&entry, read, file, dir, DESCRIPTION) ||
        entry.type != ASCII)
        return;
    p->from = "ImageDescription (tag 270)";
    size_t n = entry.count < ROOM ? (size_t)entry.count : ROOM - 1;
    text[read(file, entry.at, text, n)] = 0;
    if (!strncmp(text, "ImageJ=", 7))
        from_imagej(p, text);
    else
        from_shape(p, text, sides);
}
