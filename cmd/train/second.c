#include "cmd/train/second.h"
#include "cmd/cli/cli.h"

int
cli_second_given(void)
{
    return cli_unlabeled_opts.file || cli_domains_opts.file;
}

void
cli_second_check(struct cli_second *s)
{
    if (cli_unlabeled_opts.file && cli_domains_opts.file)
        cli_usage("--unlabeled and --target exclude each other");
    cli_unlabeled_check(&s->unlabeled);
    cli_target_check();
}

void
cli_second_open(struct cli_training *t)
{
    if (cli_unlabeled_opts.file)
        cli_unlabeled_open(t);
    if (cli_domains_opts.file)
        cli_domains_open(t);
}

void
cli_second_start(
    struct cli_second *s, struct cli_training *t, struct cli_loss *loss)
{
    if (cli_unlabeled_opts.file)
        cli_unlabeled_start(&s->unlabeled, t, loss);
    if (cli_domains_opts.file)
        cli_target_start(&s->target, t, loss);
}

const char *
cli_second_columns(void)
{
    return cli_unlabeled_opts.file ? "\tlabeled\tunlabeled\tsure"
           : cli_domains_opts.file ? "\tlabels\tpatches\tanchors\tpositives"
                                   : "";
}

void
cli_second_report(const struct cli_second *s, FILE *log)
{
    if (cli_unlabeled_opts.file)
        cli_unlabeled_report(&s->unlabeled, log);
    if (cli_domains_opts.file)
        cli_target_report(&s->target, log);
}

void
cli_second_prepare(struct cli_second *s, float *x, uint64_t pass)
{
    if (cli_unlabeled_opts.file)
        cli_unlabeled_prepare(&s->unlabeled, x, pass);
    else
        cli_target_prepare(&s->target, x, pass);
}

double
cli_second_pass(struct cli_second *s, struct seg_value *out, uint64_t pass)
{
    return cli_unlabeled_opts.file
               ? cli_unlabeled_pass(&s->unlabeled, out, pass)
               : cli_target_pass(&s->target, out, pass);
}

void
cli_second_end(struct cli_second *s)
{
    if (cli_unlabeled_opts.file)
        cli_unlabeled_end(&s->unlabeled);
}
