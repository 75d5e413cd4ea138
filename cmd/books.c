#include "cmd/books.h"
#include "cmd/cli.h"

/* A page to be read, and how that went. */
struct job {
    const struct cli_book *book;
    size_t page;
    struct seg_record rec;
    int status;
    struct seg_err e;
};

/* The threads first open a book each, then read a page each. */
struct crew {
    size_t n, jobs;
    struct cli_book *book;
    struct job *job;
    cli_read_page read;
    cli_put_page put;
    void *read_context, *put_context;
};

static void
read_pages(struct crew *c)
{
#pragma omp parallel for num_threads((int)c->n) schedule(dynamic)
    for (size_t i = 0; i < c->jobs; i++) {
        struct job *j = &c->job[i];

        j->status = c->read(&j->rec, j->book, j->page, c->read_context, &j->e);
    }
    for (size_t i = 0; i < c->jobs; i++) {
        cli_check(c->job[i].status, &c->job[i].e);
        c->put(&c->job[i].rec, c->job[i].book->item, c->put_context);
    }
    c->jobs = 0;
}

static void
read_books(struct crew *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct cli_book *b = &c->book[i];

        if (b->status)
            read_pages(c); /* what stands before it comes first */
        cli_check(b->status, &b->e);
        for (size_t page = 0; page < b->image.n; page++) {
            c->job[c->jobs].book = b;
            c->job[c->jobs].page = page;
            if (++c->jobs == c->n)
                read_pages(c);
        }
    }
    read_pages(c);
}

void
cli_read_books(const struct seg_manifest *m, const struct cli_book_how *how,
    cli_read_page read, void *read_context, cli_put_page put, void *put_context)
{
    struct cli_progress progress = {0};
    size_t threads = (size_t)cli.threads;
    struct crew c = {.n = threads,
        .book = cli_take(threads, sizeof *c.book),
        .job = cli_take(threads, sizeof *c.job),
        .read = read,
        .put = put,
        .read_context = read_context,
        .put_context = put_context};

    for (size_t first = 0; first < m->n; first += c.n) {
        size_t n = m->n - first < c.n ? m->n - first : c.n;

#pragma omp parallel for num_threads((int)c.n) schedule(dynamic)
        for (size_t i = 0; i < n; i++)
            cli_book_open(&c.book[i], &m->item[first + i], how);
        read_books(&c, n);
        cli_progress(&progress, "import", first + n, m->n, NULL);
    }
    cli_progress_end(&progress);
    for (size_t i = 0; i < c.n; i++) {
        seg_record_free(&c.job[i].rec);
        seg_arena_free(&c.book[i].arena);
    }
}
