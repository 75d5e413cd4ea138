#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/keyed_join.h"
#include "cmd/report/images.h"
#include "formats/html/html.h"
#include "formats/html/table.h"
#include "formats/image/jpeg.h"
#include "lib/score/metrics.h"
#include "lib/view/errors.h"
#include "lib/view/sheet.h"

enum { QUALITY = 88 };

/* ---- reading ---- */

/* The value by which the images of an end are ordered, the smallest first. */
static double
rank(const struct cli_report_image *i, int end)
{
    return end == CLI_WORST ? i->miou : -i->miou;
}

/* The slot for a new image: a free one, or that of the image with the highest
   rank if the new one has a lower rank; NULL: the new image is not shown. */
static struct cli_report_image *
find_slot(struct cli_report_images *s, int end, double miou)
{
    struct cli_report_image new = {.miou = miou}, *last = s->image[end];

    if (s->n[end] < s->most)
        return s->image[end] + s->n[end]++;
    for (size_t i = 1; i < s->most; i++)
        if (rank(s->image[end] + i, end) >= rank(last, end))
            last = s->image[end] + i;
    return s->most && rank(&new, end) < rank(last, end) ? last : NULL;
}

/* Paints the panels image, truth, prediction, errors. */
static void
paint(struct cli_report_image *slot, const struct cli_report_images *s,
    const struct seg_record *rec, const struct seg_record *truth)
{
    const struct seg_tensor *image = seg_record_find(rec, "image");
    const struct seg_tensor *label = seg_record_find(truth, "label");
    const struct seg_tensor *pred = seg_record_find(rec, "pred");
    const char *name = seg_record_name(rec);
    struct seg_paint paint = {
        .alpha = 0.6, .scale = 1, .limit = s->cell_px, .low = 2, .high = 98};
    struct seg_arena *a = &slot->arena;
    struct seg_classes classes, kinds;
    struct seg_tensor errors;
    struct seg_panel panel[4];
    struct seg_err e;
    int n = 0;

    if (!image)
        image = seg_record_find(truth, "image");
    cli_check(seg_nodata_get(&paint.nodata, rec, &e), &e);
    cli_check(seg_classes_read(&classes, a, truth, &e), &e);
    cli_check(seg_errors_classes(&kinds, a, &e), &e);
    cli_check(
        seg_errors_map(&errors, a, label, pred, -1, classes.ignore, name, &e),
        &e);
    if (image)
        panel[n++] = (struct seg_panel){image, NULL, NULL, 0};
    panel[n++] = (struct seg_panel){image, label, &classes, 0};
    panel[n++] = (struct seg_panel){image, pred, &classes, 0};
    panel[n++] = (struct seg_panel){image, &errors, &kinds, 0};
    cli_check(seg_paint_row(&slot->row, a, panel, n, &paint, name, &e), &e);
    slot->panels = n;
    slot->has_image = image != NULL;
}

static void
keep_image(struct cli_report_images *s, int end, double miou,
    const struct seg_record *rec, const struct seg_record *truth)
{
    struct cli_report_image *slot = find_slot(s, end, miou);
    struct seg_err e;

    if (!slot)
        return;
    seg_arena_reset(&slot->arena);
    slot->key =
        cli_need(seg_take_string(&slot->arena, seg_record_name(rec), &e), &e);
    slot->miou = miou;
    slot->number = s->records;
    paint(slot, s, rec, truth);
}

static void
add_record(struct cli_report *r, struct cli_report_images *s,
    const struct seg_record *rec, const struct seg_record *truth)
{
    struct seg_err e;

    cli_check(seg_scorer_add(&s->scorer, rec, truth, 0, &e), &e);
    if (!r->classes.n)
        cli_check(seg_classes_read(&r->classes, &r->arena, truth, &e), &e);
    if (!r->classes.n)
        cli_check(seg_classes_read(&r->classes, &r->arena, rec, &e), &e);
    double miou = seg_score_all(&s->scorer.one, NULL).value[SEG_MIOU];
    for (int end = 0; end < CLI_ENDS && !isnan(miou); end++)
        keep_image(s, end, miou, rec, truth);
    seg_scorer_end_case(&s->scorer);
    s->records++;
}

void
cli_report_images_read(struct cli_report *r, struct cli_report_images *s,
    const char *predictions, const char *truth)
{
    struct seg_reader *in = cli_reader(predictions);
    struct cli_keyed_join join = {0};
    struct seg_record rec = {0};
    struct seg_err e;

    s->scorer.convention = seg_conventions[0];
    for (int end = 0; end < CLI_ENDS; end++)
        s->image[end] = cli_take(s->most, sizeof *s->image[end]);
    cli_keyed_join_open(&join, truth);
    while (cli_check(seg_reader_next(in, &rec, &e), &e)) {
        const struct seg_record *other = cli_keyed_join(&join, &rec);

        add_record(r, s, &rec, other ? other : &rec);
    }
    if (!s->records)
        cli_fail(SEG_EDATA, "%s: no records", seg_reader_name(in));
    cli_keyed_join_close(&join);
    seg_record_free(&rec);
    cli_close_reader(in);
}

/* ---- writing ---- */

static void
print_scores(struct cli_report *r, const struct cli_report_images *s)
{
    static const char *const titles[] = {
        "class", "iou", "dice", "precision", "recall"};
    struct seg_scores all = seg_score_all(&s->scorer.all, NULL);
    char text[40];

    fputs("<div class=\"tiles\">\n", r->f);
    for (int k = 0; k < SEG_METRICS; k++)
        fprintf(r->f, "<div>%s<b>%.3f</b></div>\n", seg_metric_names[k],
            all.value[k]);
    fputs("</div>\n<div class=\"scroll\"><table>\n", r->f);
    seg_html_titles(r->f, titles, 5, 1);
    for (int c = 0; c < s->scorer.all.classes; c++) {
        struct seg_class_score score = seg_score_class(&s->scorer.all, c);
        double value[] = {score.iou, score.dice, score.precision, score.recall};

        fputs("<tr>", r->f);
        seg_html_class(r->f, s->scorer.names[c], &r->classes);
        for (int k = 0; k < 4; k++) {
            snprintf(
                text, sizeof text, isnan(value[k]) ? "-" : "%.6f", value[k]);
            (k ? seg_html_field : seg_html_bar)(r->f, text);
        }
        fputs("</tr>\n", r->f);
    }
    fputs("</table></div>\n", r->f);
}

static void
print_legend(struct cli_report *r)
{
    struct seg_classes kinds;
    struct seg_err e;

    cli_check(seg_errors_classes(&kinds, &r->arena, &e), &e);
    fputs("<p>", r->f);
    for (int i = 0; i < r->classes.n; i++)
        seg_html_chip(r->f, r->classes.rgb[i], r->classes.name[i]);
    fputs("</p>\n<p class=\"note\">Errors: ", r->f);
    seg_html_chip(r->f, kinds.rgb[SEG_ERRORS_RIGHT], "right");
    seg_html_chip(r->f, kinds.rgb[SEG_ERRORS_WRONG], "wrong");
    seg_html_chip(r->f, kinds.rgb[SEG_ERRORS_IGNORED], "ignored");
    fputs("</p>\n", r->f);
}

static void
print_image(struct cli_report *r, const struct cli_report_image *image)
{
    static const char *const heads[] = {
        "image", "truth", "prediction", "errors"};
    struct seg_arena a = {0};
    struct seg_err e;
    size_t n;
    const uint8_t *bytes =
        cli_need(seg_jpeg_bytes(&n, &image->row, QUALITY, &a, &e), &e);

    fprintf(r->f, "<figure style=\"max-width:%zupx\"><div class=\"heads\">",
        image->row.shape[1]);
    for (int k = image->has_image ? 0 : 1; k < 4; k++)
        seg_html_element(r->f, "span", heads[k]);
    fputs("</div>\n", r->f);
    seg_html_image(r->f, "jpeg", bytes, n, image->row.shape[0],
        image->row.shape[1], image->key);
    fputs("<figcaption>", r->f);
    seg_html_text(r->f, image->key);
    fprintf(r->f, ": miou %.3f</figcaption></figure>\n", image->miou);
    seg_arena_free(&a);
}

static int
by_score(const void *a, const void *b)
{
    const struct cli_report_image *p = a, *q = b;

    if (p->miou != q->miou)
        return p->miou < q->miou ? -1 : 1;
    return (p->number > q->number) - (p->number < q->number);
}

static int
is_among_worst(const struct cli_report_images *s, size_t number)
{
    for (size_t i = 0; i < s->n[CLI_WORST]; i++)
        if (s->image[CLI_WORST][i].number == number)
            return 1;
    return 0;
}

void
cli_report_images(struct cli_report *r, struct cli_report_images *s, int scores)
{
    static const char *const heading[] = {"Worst images", "Best images"};

    seg_html_element(r->f, "h2", "Predictions");
    fprintf(r->f, "<p class=\"note\">%zu images</p>\n", s->records);
    if (scores)
        print_scores(r, s);
    seg_html_element(r->f, "h3", "Confusion matrix");
    seg_html_matrix(r->f, &s->scorer.all, s->scorer.names);
    for (int end = 0; end < CLI_ENDS; end++) {
        if (!s->n[end])
            continue;
        qsort(s->image[end], s->n[end], sizeof *s->image[end], by_score);
        seg_html_element(r->f, "h3", heading[end]);
        if (end == CLI_WORST)
            print_legend(r);
        for (size_t i = 0; i < s->n[end]; i++)
            if (end == CLI_WORST || !is_among_worst(s, s->image[end][i].number))
                print_image(r, s->image[end] + i);
    }
}

void
cli_report_images_free(struct cli_report_images *s)
{
    for (int end = 0; end < CLI_ENDS; end++)
        for (size_t i = 0; i < s->n[end]; i++)
            seg_arena_free(&s->image[end][i].arena);
    seg_scorer_free(&s->scorer);
    seg_arena_free(&s->arena);
}
