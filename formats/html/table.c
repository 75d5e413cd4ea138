#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "formats/html/html.h"
#include "formats/html/table.h"
#include "lib/base/text.h"

/* ---- fields ---- */

void
seg_html_number(FILE *f, const char *field)
{
    double v = seg_text_real(field);

    if (isfinite(v) && strpbrk(field, ".eE"))
        fprintf(f,
            fabs(v) > 1 && v == rint(v) ? "%.0f"
            : fabs(v) < 1000            ? "%.3f"
                                        : "%.6g",
            v);
    else
        seg_html_text(f, field);
}

void
seg_html_field(FILE *f, const char *field)
{
    int right = isfinite(seg_text_real(field)) || !strcmp(field, "-");

    fputs(right ? "<td class=\"n\">" : "<td>", f);
    seg_html_number(f, field);
    fputs("</td>", f);
}

void
seg_html_bar(FILE *f, const char *field)
{
    double v = seg_text_real(field);

    if (!isfinite(v)) {
        seg_html_field(f, field);
        return;
    }
    fprintf(f,
        "<td class=\"n bar\" style=\"background:linear-gradient(90deg,"
        "var(--bar) %.1f%%,transparent 0)\">",
        100 * fmin(fmax(v, 0), 1));
    seg_html_number(f, field);
    fputs("</td>", f);
}

void
seg_html_class(FILE *f, const char *name, const struct seg_classes *c)
{
    for (int i = 0; i < c->n; i++)
        if (!strcmp(c->name[i], name)) {
            fputs("<td>", f);
            seg_html_chip(f, c->rgb[i], name);
            fputs("</td>", f);
            return;
        }
    seg_html_element(f, "td", name);
}

void
seg_html_titles(FILE *f, const char *const *title, int n, int numeric)
{
    fputs("<tr>", f);
    for (int i = 0; i < n; i++) {
        fputs(numeric && i ? "<th class=\"n\">" : "<th>", f);
        seg_html_text(f, title[i]);
        fputs("</th>", f);
    }
    fputs("</tr>\n", f);
}

/* ---- confusion matrix ---- */

static uint64_t
true_pixels(const struct seg_confusion *m, int t)
{
    uint64_t sum = 0;

    for (int p = 0; p < m->classes; p++)
        sum += m->count[(size_t)t * m->classes + p];
    return sum;
}

static int
occurs(const struct seg_confusion *m, int c)
{
    for (int i = 0; i < m->classes; i++)
        if (m->count[(size_t)c * m->classes + i] ||
            m->count[(size_t)i * m->classes + c])
            return 1;
    return 0;
}

static void
print_row(FILE *f, const struct seg_confusion *m, const char *name, int t)
{
    uint64_t all = true_pixels(m, t);

    fputs("<tr>", f);
    seg_html_element(f, "th", name);
    for (int p = 0; p < m->classes; p++) {
        uint64_t n = m->count[(size_t)t * m->classes + p];
        double share = all ? (double)n / (double)all : 0;

        if (!occurs(m, p))
            continue;
        fprintf(f, "<td%s style=\"background:rgba(var(--heat),%.2f)\">",
            share >= 0.5 ? " class=\"most\"" : "", share);
        if (n)
            fprintf(f, share < 0.095 ? "%.1f" : "%.0f", 100 * share);
        fputs("</td>", f);
    }
    fputs("</tr>\n", f);
}

static void
print_matrix(FILE *f, const struct seg_confusion *m, const char *const *names)
{
    fputs("<div class=\"scroll\"><table class=\"matrix\"><thead><tr><td></td>",
        f);
    for (int p = 0; p < m->classes; p++)
        if (occurs(m, p))
            seg_html_element(f, "th", names[p]);
    fputs("</tr></thead><tbody>\n", f);
    for (int t = 0; t < m->classes; t++)
        if (occurs(m, t))
            print_row(f, m, names[t], t);
    fputs("</tbody></table></div>\n<p class=\"note\">Rows: true classes; "
          "columns: predicted classes; percent of the pixels of the true "
          "class.</p>\n",
        f);
}

/* The most frequent confusion after `last` in descending order of pixels, then
   of the index; -1 if there is none. */
static long
next_confusion(const struct seg_confusion *m, long last)
{
    long best = -1, n = (long)m->classes * m->classes;

    for (long i = 0; i < n; i++) {
        uint64_t v = m->count[i];

        if (i % (m->classes + 1) == 0 || !v)
            continue;
        if (last >= 0 &&
            (v > m->count[last] || (v == m->count[last] && i <= last)))
            continue;
        if (best < 0 || v > m->count[best])
            best = i;
    }
    return best;
}

static void
print_confusions(
    FILE *f, const struct seg_confusion *m, const char *const *names)
{
    enum { MOST = 10 };
    static const char *const titles[] = {
        "truth", "predicted", "pixels", "% of truth"};
    long at = next_confusion(m, -1);

    if (at < 0)
        return;
    seg_html_element(f, "h3", "Largest confusions");
    fputs("<div class=\"scroll\"><table>\n", f);
    seg_html_titles(f, titles, 4, 0);
    for (int i = 0; i < MOST && at >= 0; i++, at = next_confusion(m, at)) {
        int t = (int)(at / m->classes);

        fputs("<tr>", f);
        seg_html_element(f, "td", names[t]);
        seg_html_element(f, "td", names[at % m->classes]);
        fprintf(f,
            "<td class=\"n\">%" PRIu64 "</td><td class=\"n\">%.1f</td></tr>\n",
            m->count[at],
            100 * (double)m->count[at] / (double)true_pixels(m, t));
    }
    fputs("</table></div>\n", f);
}

void
seg_html_matrix(
    FILE *f, const struct seg_confusion *m, const char *const *names)
{
    int present = 0;

    for (int c = 0; c < m->classes; c++)
        present += occurs(m, c);
    if (present <= SEG_HTML_MATRIX)
        print_matrix(f, m, names);
    print_confusions(f, m, names);
}
