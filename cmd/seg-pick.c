/*
 * seg-pick: selects records by key or number, and selects or renames tensors.
 *
 * A key of the list that no record has, or a pattern that matches nothing, is
 * an error, because it is usually a typing mistake.
 */
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "lib/base/text.h"

static struct {
    struct cli_list key, keep, drop, rename;
    const char *keys;
    uint64_t from, to;
    int invert;
} opts = {.from = 1, .to = UINT64_MAX};

static struct cli_option options[] = {
    {'k', "key", CLI_LIST, &opts.key, 0, 0, NULL, 0, "PATTERN",
        "select records whose key matches the shell pattern"},
    {0, "keys", CLI_TEXT, &opts.keys, 0, 0, NULL, 0, "FILE",
        "select records whose key is a line of FILE"},
    {0, "from", CLI_U64, &opts.from, 1, 1e18, NULL, 0, "N",
        "select records from number N on (1)"},
    {0, "to", CLI_U64, &opts.to, 1, 1e18, NULL, 0, "N",
        "select records up to number N (the last)"},
    {0, "invert", CLI_FLAG, &opts.invert, 0, 0, NULL, 0, NULL,
        "select the other records"},
    {0, "keep", CLI_LIST, &opts.keep, 0, 0, NULL, 0, "PATTERN",
        "keep only tensors whose name matches"},
    {0, "drop", CLI_LIST, &opts.drop, 0, 0, NULL, 0, "PATTERN",
        "remove tensors whose name matches"},
    {0, "rename", CLI_LIST, &opts.rename, 0, 0, NULL, 0, "OLD=NEW",
        "rename a tensor, after the selection"},
    CLI_OUTPUT,
    CLI_MEM_LIMIT,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-pick",
    .summary = "select records and tensors by name",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-pick -k 'city/*' --drop probs all.st -o city.st",
    .see_also = "seg-cat(1), seg-subset(1), seg-info(1)",
};

/* A name or pattern from the command line; found: it matched. */
struct want {
    const char *text, *to;
    int found;
};

struct wants {
    struct want *item;
    size_t n;
};

static struct wants
from_list(const struct cli_list *list)
{
    struct wants w = {cli_take((size_t)list->n, sizeof *w.item), 0};

    for (int i = 0; i < list->n; i++)
        w.item[w.n++].text = list->item[i];
    return w;
}

static struct wants
from_renames(const struct cli_list *list)
{
    struct wants w = from_list(list);

    for (size_t i = 0; i < w.n; i++) {
        char *text = cli_take_string(w.item[i].text), *sign = strchr(text, '=');
        if (!sign || sign == text || !sign[1])
            cli_usage("--rename: %.200s is not OLD=NEW", text);
        *sign = 0;
        w.item[i] = (struct want){.text = text, .to = sign + 1};
    }
    return w;
}

static int
by_text(const void *a, const void *b)
{
    const struct want *x = a, *y = b;

    return strcmp(x->text, y->text);
}

/* The keys of a file, one a line, sorted. */
static struct wants
from_file(const char *path)
{
    static struct seg_arena memory;
    char *text = cli_read_text(&memory, path), *line;
    struct wants w = {cli_take(seg_text_lines(text), sizeof *w.item), 0};

    while ((line = seg_text_line(&text)))
        if (*line)
            w.item[w.n++].text = line;
    if (!w.n)
        cli_fail(SEG_EDATA, "%s: no keys in the list", path);
    qsort(w.item, w.n, sizeof *w.item, by_text);
    return w;
}

/* True if any pattern matches; marks all that match, for check_found. */
static int
matches(struct wants *w, const char *name)
{
    int any = 0;

    for (size_t i = 0; i < w->n; i++)
        if (!fnmatch(w->item[i].text, name, 0))
            any = w->item[i].found = 1;
    return any;
}

static int
is_listed(struct wants *w, const char *key)
{
    struct want like = {.text = key},
                *x = bsearch(&like, w->item, w->n, sizeof like, by_text);

    return x ? x->found = 1 : 0;
}

static void
check_found(const struct wants *w, const char *kind)
{
    for (size_t i = 0; i < w->n; i++)
        if (!w->item[i].found)
            cli_fail(
                SEG_EDATA, "%s %.200s: there is none", kind, w->item[i].text);
}

static void
rename_tensors(struct seg_record *rec, struct wants *renames)
{
    for (size_t i = 0; i < renames->n; i++) {
        struct want *w = renames->item + i;
        struct seg_tensor *t = seg_record_find(rec, w->text);
        if (!t)
            continue;
        if (seg_record_find(rec, w->to))
            cli_fail(SEG_EDATA, "%.200s: tensor %.100s exists already",
                seg_record_name(rec), w->to);
        seg_record_rename(rec, t, w->to);
        w->found = 1;
    }
}

static void
choose_tensors(struct seg_record *rec, struct wants *keep, struct wants *drop)
{
    for (int i = 0; i < rec->ntensors; i++) {
        const char *name = rec->tensors[i].name;
        int dropped = matches(drop, name), kept = matches(keep, name);
        if (dropped || (keep->n && !kept))
            rec->tensors[i].name = NULL;
    }
    seg_record_sweep(rec);
}

static void
pick(struct cli_inputs *in, struct seg_writer *out)
{
    struct wants key = from_list(&opts.key), keep = from_list(&opts.keep),
                 drop = from_list(&opts.drop),
                 renames = from_renames(&opts.rename), listed = {0};
    struct seg_record rec = {0};
    uint64_t number = 0, picked = 0;

    if (opts.keys)
        listed = from_file(opts.keys);
    while (cli_next(in, &rec)) {
        const char *name = seg_record_key(&rec);
        int take = ++number >= opts.from && number <= opts.to;
        take &= !key.n || matches(&key, name);
        take &= !opts.keys || is_listed(&listed, name);
        if (take == opts.invert)
            continue;
        choose_tensors(&rec, &keep, &drop);
        rename_tensors(&rec, &renames);
        cli_put(out, &rec);
        picked++;
    }
    check_found(&key, "key");
    check_found(&listed, "key");
    if (opts.from > number && opts.from > 1)
        cli_fail(SEG_EDATA, "--from %ju: there are %ju records",
            (uintmax_t)opts.from, (uintmax_t)number);
    if (picked) {
        check_found(&keep, "tensor");
        check_found(&drop, "tensor");
        check_found(&renames, "tensor");
    }
    seg_record_free(&rec);
}

int
main(int argc, char **argv)
{
    struct cli_inputs in;

    cli_inputs(&in, argc, argv, cli_parse(&program, argc, argv));
    struct seg_writer *out = cli_writer();
    pick(&in, out);
    cli_close_writer(out);
    return 0;
}
