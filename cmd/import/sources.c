#include "cmd/import/sources.h"
#include "cmd/cli/cli.h"

/* A page to read, and the result. */
struct job {
    const struct cli_source *source;
    size_t page;
    struct seg_record rec;
    int status;
    struct seg_err e;
};

/* n sources that n threads open, then up to n pages that they read. */
struct batch {
    size_t n, jobs;
    struct cli_source *source;
    struct job *job;
    cli_read_page read;
    cli_put_page put;
    void *read_context, *put_context;
    int go_on;
    size_t bad; /* number of errors */
};

static void
check(struct batch *c, int status, const struct seg_err *e)
{
    if (!c->go_on)
        cli_check(status, e);
    if (status) {
        cli_complain(e);
        c->bad++;
    }
}

static void
read_pages(struct batch *c)
{
#pragma omp parallel for num_threads((int)c->n) schedule(dynamic)
    for (size_t i = 0; i < c->jobs; i++) {
        struct job *j = &c->job[i];

        j->status =
            c->read(&j->rec, j->source, j->page, c->read_context, &j->e);
    }
    for (size_t i = 0; i < c->jobs; i++) {
        check(c, c->job[i].status, &c->job[i].e);
        if (!c->bad)
            c->put(&c->job[i].rec, c->job[i].source->item, c->put_context);
    }
    c->jobs = 0;
}

static void
read_sources(struct batch *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct cli_source *s = &c->source[i];

        if (s->status)
            read_pages(c); /* the pages before it come first */
        check(c, s->status, &s->e);
        for (size_t page = 0; !s->status && page < s->image.n; page++) {
            c->job[c->jobs].source = s;
            c->job[c->jobs].page = page;
            if (++c->jobs == c->n)
                read_pages(c);
        }
    }
    read_pages(c);
}

void
cli_read_sources(const struct seg_manifest *m,
    const struct cli_source_opts *opts, cli_measure_source measure,
    cli_read_page read, void *read_context, cli_put_page put, void *put_context)
{
    struct cli_progress progress = {0};
    size_t threads = (size_t)cli.threads;
    struct batch c = {.n = threads,
        .source = cli_take(threads, sizeof *c.source),
        .job = cli_take(threads, sizeof *c.job),
        .read = read,
        .put = put,
        .read_context = read_context,
        .put_context = put_context,
        .go_on = opts->go_on};

    for (size_t first = 0; first < m->n; first += c.n) {
        size_t n = m->n - first < c.n ? m->n - first : c.n;

#pragma omp parallel for num_threads((int)c.n) schedule(dynamic)
        for (size_t i = 0; i < n; i++) {
            struct cli_source *s = &c.source[i];

            cli_source_open(s, &m->item[first + i], opts);
            if (measure && !s->status)
                s->status = measure(s, read_context, &s->e);
        }
        read_sources(&c, n);
        cli_progress(&progress, "import", first + n, m->n, NULL);
    }
    cli_progress_end(&progress);
    if (c.bad)
        cli_fail(SEG_EDATA, "%zu bad images in %zu items", c.bad, m->n);
    for (size_t i = 0; i < c.n; i++) {
        seg_record_free(&c.job[i].rec);
        seg_arena_free(&c.source[i].arena);
    }
}
