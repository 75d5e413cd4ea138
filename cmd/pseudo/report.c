#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/pseudo/report.h"
#include "lib/label/labelmap.h"
#include "lib/label/same_classes.h"

void
cli_pseudo_names(struct cli_pseudo_report *r, const char *list)
{
    r->name = cli_take(SEG_CLASSES, sizeof *r->name);
    r->named = list != NULL;
    r->classes = seg_classes_count(list);
    char *name = list ? cli_take_string(list) : NULL;
    for (int i = 0; name && i < r->classes; i++) {
        r->name[i] = name;
        name = strchr(name, '\t');
        if (name)
            *name++ = 0;
    }
    for (int i = 0; !list && i < SEG_CLASSES; i++) {
        char number[8];

        snprintf(number, sizeof number, "%d", i);
        r->name[i] = cli_take_string(number);
        if (r->counts[i].predicted)
            r->classes = i + 1;
    }
}

/* ---- the table ---- */

/* NAN without a denominator. */
static double
ratio(uint64_t part, uint64_t all)
{
    return all ? (double)part / (double)all : (double)NAN;
}

static void
put(FILE *f, double x, const char *format)
{
    fputc('\t', f);
    if (isnan(x))
        fputc('-', f);
    else
        fprintf(f, format, x);
}

static void
put_row(FILE *f, const char *name, const struct seg_pseudo_counts *c,
    double threshold)
{
    fprintf(f, "%s\t%" PRIu64 "\t%" PRIu64, name, c->predicted, c->trusted);
    put(f, ratio(c->trusted, c->predicted), "%.6f");
    put(f, threshold, "%.9g");
    put(f, ratio(c->right, c->judged), "%.6f");
    put(f, ratio(c->trusted_right, c->trusted_judged), "%.6f");
    fputc('\n', f);
}

static struct seg_pseudo_counts
total(const struct cli_pseudo_report *r)
{
    struct seg_pseudo_counts all = {0};

    for (int i = 0; i < r->classes; i++) {
        const struct seg_pseudo_counts *c = r->counts + i;

        all.predicted += c->predicted;
        all.judged += c->judged;
        all.right += c->right;
        all.trusted += c->trusted;
        all.trusted_judged += c->trusted_judged;
        all.trusted_right += c->trusted_right;
    }
    return all;
}

void
cli_pseudo_table(FILE *f, const struct cli_pseudo_report *r)
{
    struct seg_pseudo_counts all = total(r);

    fputs("class\tpredicted\ttrusted\tshare\tthreshold\tprecision\t"
          "trusted_precision\n",
        f);
    for (int i = 0; i < r->classes; i++)
        put_row(f, r->name[i], r->counts + i, r->threshold[i]);
    put_row(f, "total", &all, (double)NAN);
}

/* ---- messages ---- */

/* Warns of classes of which no pixel is trusted: the first ones by name. */
static void
warn_untrusted(const struct cli_pseudo_report *r)
{
    char list[400] = "";
    size_t used = 0;
    int more = 0;

    for (int i = 0; i < r->classes; i++) {
        const struct seg_pseudo_counts *c = r->counts + i;
        size_t n = strlen(r->name[i]) + sizeof ", (not predicted)";

        if (c->trusted || (!r->named && !c->predicted))
            continue;
        if (more || used + n >= sizeof list) {
            more++;
            continue;
        }
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s%s",
            used ? ", " : "", r->name[i],
            c->predicted ? "" : " (not predicted)");
    }
    if (more)
        cli_warn(
            "no pixel is trusted of the classes %s and %d more", list, more);
    else if (used)
        cli_warn("no pixel is trusted of: %s", list);
}

void
cli_pseudo_summary(const struct cli_pseudo_report *r)
{
    struct seg_pseudo_counts all = total(r);
    char precision[120] = "";

    if (all.trusted_judged)
        snprintf(precision, sizeof precision,
            "; precision %.4f, of all predicted pixels %.4f",
            ratio(all.trusted_right, all.trusted_judged),
            ratio(all.right, all.judged));
    cli_note("%" PRIu64 " images, %.1f %% of %" PRIu64
             " predicted pixels trusted%s",
        r->images, all.predicted ? 100 * ratio(all.trusted, all.predicted) : 0,
        all.predicted, precision);
    if (r->changed)
        cli_note("the prototypes changed the class of %" PRIu64 " pixels",
            r->changed);
    warn_untrusted(r);
    if (r->without_image)
        cli_warn("%" PRIu64 " of %" PRIu64
                 " records have no image to train on: seg-predict --copy "
                 "image,label keeps it",
            r->without_image, r->images);
}
