#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/import/warnings.h"

static void
add(struct seg_rounding *sum, const struct seg_rounding *r)
{
    sum->n += r->n;
    sum->most = r->most > sum->most ? r->most : sum->most;
}

/* Prints the counts of the item and resets them. */
static void
end_item(struct cli_warnings *w)
{
    if (w->image.n)
        cli_warn("%s: %zu values are rounded to f32, by %g at most",
            w->item->image, w->image.n, w->image.most);
    if (w->label.n)
        cli_warn(
            "%s: %zu label values are rounded to whole numbers, by %.3g at "
            "most",
            w->item->label, w->label.n, w->label.most);
    w->image = w->label = (struct seg_rounding){0};
    w->lines = 0;
    seg_arena_reset(&w->arena);
}

/* line: one warning of n bytes, with its newline. */
static void
print_new(struct cli_warnings *w, const char *line, size_t n)
{
    struct seg_err e;

    for (int i = 0; i < w->lines && i < CLI_WARNINGS; i++)
        if (!strncmp(w->line[i], line, n))
            return;
    if (w->lines == CLI_WARNINGS)
        cli_warn("%s: more warnings of this file are left out", w->item->image);
    if (w->lines++ >= CLI_WARNINGS)
        return;
    char *copy = cli_need(seg_take_bytes(&w->arena, line, n, &e), &e);
    w->line[w->lines - 1] = copy;
    cli_warn_lines(copy);
}

void
cli_warnings_add(struct cli_warnings *w, const struct seg_record *rec,
    const struct seg_item *item)
{
    if (w->item && w->item != item)
        end_item(w);
    w->item = item;
    add(&w->image, &rec->image_rounding);
    add(&w->label, &rec->label_rounding);
    for (const char *p = rec->warnings; p && *p;) {
        size_t n = (size_t)(strchr(p, '\n') - p) + 1;

        print_new(w, p, n);
        p += n;
    }
}

void
cli_warnings_end(struct cli_warnings *w)
{
    if (w->item)
        end_item(w);
    seg_arena_free(&w->arena);
}
