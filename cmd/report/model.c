#include <string.h>

#include "cmd/cli/open_model.h"
#include "cmd/report/model.h"
#include "formats/html/html.h"

void
cli_report_model_read(
    struct cli_report *r, struct cli_report_model *m, const char *path)
{
    struct seg_err e;

    m->reader = cli_model(&m->model, &m->rec, path);
    cli_check(seg_classes_read(&r->classes, &r->arena, &m->rec, &e), &e);
}

static void
print_fact(FILE *f, const char *name, const char *fact)
{
    seg_html_element(f, "dt", name);
    seg_html_element(f, "dd", fact);
}

static void
print_facts(FILE *f, const struct cli_report_model *m)
{
    static const char *const skipped[] = {
        "seg.net", "seg.version", "seg.classes", "seg.palette", "seg.history"};
    enum { SKIPPED = sizeof skipped / sizeof *skipped };
    char text[200];

    fputs("<dl>\n", f);
    snprintf(text, sizeof text, "%d nodes, %zu weights, %d channels",
        seg_net_steps(m->model.net), seg_net_weights(m->model.net),
        m->model.channels);
    print_fact(f, "network", text);
    for (int i = 0; i < m->rec.nmeta; i++) {
        const struct seg_meta *meta = m->rec.meta + i;
        int k = 0;

        while (k < SKIPPED && strcmp(skipped[k], meta->key))
            k++;
        if (k == SKIPPED)
            print_fact(f, meta->key, meta->value);
    }
    fputs("</dl>\n", f);
}

void
cli_report_model(struct cli_report *r, const struct cli_report_model *m)
{
    const char *history = seg_reader_history(m->reader);

    fputs("<h2>Model: ", r->f);
    seg_html_text(r->f, seg_reader_name(m->reader));
    fputs("</h2>\n", r->f);
    print_facts(r->f, m);
    if (*history) {
        seg_html_element(r->f, "h3", "History: the commands that made it");
        seg_html_element(r->f, "pre", history);
    }
    seg_html_details(r->f, "Network text", seg_net_text(m->model.net));
}

void
cli_report_model_free(struct cli_report_model *m)
{
    if (!m->reader)
        return;
    seg_model_free(&m->model);
    seg_record_free(&m->rec);
    cli_discard_reader(m->reader);
}
