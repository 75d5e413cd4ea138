#include "cmd/cli/label_map.h"
#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "lib/label/palette.h"

void
cli_map_read(struct seg_labelmap *m, struct seg_arena *a, const char *name)
{
    struct seg_err e;
    const char *text = seg_palette_text(name);

    if (!text)
        text = cli_read_text(a, name);
    cli_check(seg_labelmap_parse(m, a, text, name, &e), &e);
}

void
cli_map_note(const struct seg_labelmap *m, const char *name)
{
    for (int id = 0; id <= SEG_IGNORE; id++)
        if (m->values[id] > 1)
            cli_note("%s: %d values stand for %s: %d is written", name,
                m->values[id], id == SEG_IGNORE ? "ignore" : m->name[id],
                m->value[id]);
}
