/*
 * seg-check: finds errors in a dataset and prints one line for each.
 *
 * Every operand is a split.  The program reads each record once and keeps its
 * key and two hashes, to find an image that occurs twice, in one split or two.
 */
#include <inttypes.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "formats/geometry/pixel_grid.h"
#include "lib/dataset/check.h"

static struct opts {
    const char *allow;
    int classes;
} opts;

static struct cli_option options[] = {
    {0, "allow", CLI_TEXT, &opts.allow, 0, 0, NULL, 0, "LIST",
        "findings to accept: size, type, bands, classes, value, ignored, "
        "empty, nan, nodata, place, exif, key, twice, records"},
    {0, "classes", CLI_INT, &opts.classes, 1, SEG_CLASSES, NULL, 0, "N",
        "number of classes, if the data do not name them"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-check",
    .summary = "find errors in a dataset",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-check train.st test.st",
    .see_also = "seg-import(1), seg-stat(1), seg-view(1)",
};

/* The bits of the findings in --allow. */
static unsigned
allowed(void)
{
    unsigned bits = 0;

    for (const char *p = opts.allow; p && *p;) {
        size_t n = strcspn(p, ",");
        int k = 0;

        while (seg_check_names[k] && (strlen(seg_check_names[k]) != n ||
                                         memcmp(seg_check_names[k], p, n)))
            k++;
        if (k == SEG_CHECKS)
            cli_usage(
                "--allow %s: %.*s is not a finding", opts.allow, (int)n, p);
        bits |= 1u << k;
        p += n + (p[n] == ',');
    }
    return bits;
}

static void
print(const struct seg_finding *f, void *to)
{
    fprintf(to, "%s\t%s\t%s\t", seg_check_names[f->kind], f->file,
        f->key ? f->key : "-");
    if (f->has_pixel)
        fprintf(to, "%zu\t%zu\t", f->x, f->y);
    else
        fputs("-\t-\t", to);
    fprintf(to, "%s\t%s\n", f->value ? f->value : "-", f->text);
}

static void
check_place(struct seg_check *c, const struct seg_record *rec)
{
    struct seg_err e;
    struct seg_apart apart;
    char value[30], what[80];

    if (!cli_check(seg_apart_get(&apart, rec, &e), &e))
        return;
    snprintf(value, sizeof value, "%g", apart.distance);
    if (apart.epsg[0]) {
        snprintf(value, sizeof value, "%d", apart.epsg[1]);
        snprintf(what, sizeof what,
            "the label's coordinate system, EPSG; the image's is EPSG %d",
            apart.epsg[0]);
        seg_check_report(c, (struct seg_finding){.kind = SEG_CHECK_PLACE,
                                .key = seg_record_key(rec),
                                .value = value,
                                .text = what});
        return;
    }
    seg_check_report(c, (struct seg_finding){.kind = SEG_CHECK_PLACE,
                            .key = seg_record_key(rec),
                            .has_pixel = 1,
                            .x = apart.x,
                            .y = apart.y,
                            .value = value,
                            .text = "pixels between the image and its label"});
}

static void
check_split(struct seg_check *c, const char *path)
{
    struct seg_err e;
    struct seg_record rec = {0};
    struct seg_reader *r = cli_reader(path);

    seg_check_begin(c, cli_take_string(seg_reader_name(r)));
    while (cli_check(seg_reader_next(r, &rec, &e), &e)) {
        cli_check(seg_check_record(c, &rec, &e), &e);
        check_place(c, &rec);
    }
    cli_check(seg_check_end(c, &e), &e);
    cli_close_reader(r);
    seg_record_free(&rec);
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    FILE *out = cli_text();
    struct seg_check c = {.report = print,
        .context = out,
        .allowed = allowed(),
        .classes = opts.classes};

    fputs("#\tfile\tkey\tx\ty\tvalue\twhat\n", out);
    c.arena.limit = cli.mem_limit;
    for (int i = first; i < argc || i == first; i++)
        check_split(&c, i < argc ? argv[i] : NULL);
    fprintf(out, "checked\t%" PRIu64 "\t%" PRIu64 "\n", c.records, c.findings);
    cli_close_text(out);
    seg_check_free(&c);
    return c.findings > 0;
}
