/* Parses the command line by the option table of the program. */
#define _DEFAULT_SOURCE
#include <getopt.h>
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/internal.h"

enum { LONG = 256, HELP = 512, VERSION, TABLE };

/* ---- similar names ---- */

static void
names_of(const struct cli_program *p, const char *names[CLI_MAX_OPTIONS + 3])
{
    int n = 0;

    for (; p->options[n].name; n++)
        names[n] = p->options[n].name;
    names[n] = "help";
    names[n + 1] = "version";
    names[n + 2] = NULL;
}

/* The option whose name is similar to a word of the command line, up to "=". */
static const char *
option_like(const struct cli_program *p, const char *word)
{
    const char *names[CLI_MAX_OPTIONS + 3];
    char name[64];

    names_of(p, names);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    return cli_nearest(name, names);
}

/*
 * A value may follow its letter at once, as in -n1.  But -out would write the
 * file "ut", and -steps 3 set --seed to "teps".  Exits if the word is a whole
 * long name or its first three letters or more.  Returns the name that was
 * perhaps meant, or NULL.
 */
static const char *
check_attached(const struct cli_program *p, const char *word)
{
    size_t n = strcspn(word, "=");
    const char *like = option_like(p, word);

    if (like && !strncmp(like, word, n) && (n > 2 || !like[n]))
        cli_usage(
            "unknown option -%.*s: did you mean --%s?", (int)n, word, like);
    return like;
}

/* ---- parsing ---- */

static void
print_and_exit(const struct cli_program *p, int c)
{
    if (c == 'h' || c == HELP)
        cli_print_help(p);
    else if (c == VERSION)
        printf("%s (segpipe) %s\n", p->name, SEG_VERSION);
    else
        cli_print_table(p);
    cli_close_stdout();
    exit(0);
}

/* Makes the two tables of getopt; ':' follows a letter that takes a value. */
static int
tables(const struct cli_program *p, struct option *lng, char *shrt)
{
    int n = 0;

    *shrt++ = ':';
    for (const struct cli_option *o = p->options; o->name; o++, n++) {
        int value = o->type != CLI_FLAG;
        if (n == CLI_MAX_OPTIONS)
            abort();
        lng[n] = (struct option){o->name, value, NULL, LONG + n};
        if (o->letter) {
            *shrt++ = o->letter;
            if (value)
                *shrt++ = ':';
        }
    }
    lng[n] = (struct option){"help", 0, NULL, HELP};
    lng[n + 1] = (struct option){"version", 0, NULL, VERSION};
    lng[n + 2] = (struct option){"options", 0, NULL, TABLE};
    strcpy(shrt, "h"); /* --help */
    return n;
}

/* The row of an option that getopt returns or stores in optopt. */
static int
row_of(const struct cli_program *p, int c)
{
    int i = 0;

    if (c >= LONG)
        return c - LONG;
    while (p->options[i].name && p->options[i].letter != c)
        i++;
    return i;
}

/* Exits for an unknown long name or an ambiguous beginning. */
static void
bad_name(const struct cli_program *p, const char *word)
{
    const char *names[CLI_MAX_OPTIONS + 3], *near = option_like(p, word);
    char all[400] = "";
    int hits = 0;

    names_of(p, names);
    for (const char **name = names; *name; name++)
        if (!strncmp(*name, word, strcspn(word, "="))) {
            size_t n = strlen(all);
            snprintf(
                all + n, sizeof all - n, "%s--%s", hits++ ? ", " : "", *name);
        }
    if (hits > 1)
        cli_usage("--%.100s is ambiguous: %s", word, all);
    if (near)
        cli_usage("unknown option --%.100s: did you mean --%s?", word, near);
    cli_usage("unknown option --%.100s", word);
}

/* Exits for an unknown letter, alone or in a word such as -lr.  If the letter
   is the last of its word, optind is already at the next word. */
static void
bad_letter(const struct cli_program *p, int argc, char **argv)
{
    const char *word = argv[optind - 1];
    size_t n = strlen(word);

    if (n < 2 || word[0] != '-' || word[n - 1] != optopt)
        word = optind < argc ? argv[optind] : "";
    const char *near = strlen(word) > 2 ? option_like(p, word + 1) : NULL;
    if (near)
        cli_usage("unknown option %.100s: did you mean --%s?", word, near);
    cli_usage("unknown option -%c", optopt);
}

static void
bad_option(const struct cli_program *p, int argc, char **argv)
{
    if (optopt >= HELP)
        cli_usage("%.100s takes no value", argv[optind - 1]);
    if (optopt >= LONG)
        cli_usage("--%s takes no value", p->options[row_of(p, optopt)].name);
    if (optopt == 0)
        bad_name(p, argv[optind - 1] + 2);
    bad_letter(p, argc, argv);
}

static int
has_threads(const struct cli_program *p)
{
    for (const struct cli_option *o = p->options; o->name; o++)
        if (o->target == &cli.threads)
            return 1;
    return 0;
}

int
cli_parse(struct cli_program *p, int argc, char **argv)
{
    struct option lng[CLI_MAX_OPTIONS + 4] = {0};
    char shrt[2 * CLI_MAX_OPTIONS + 3], given[CLI_MAX_OPTIONS] = "";
    int c;

    cli_program = p;
    cli_guard_descriptors();
    signal(SIGXFSZ, SIG_IGN);            /* too large a file is a write error */
    cli.threads = omp_get_max_threads(); /* OMP_NUM_THREADS, or all */
    int n = tables(p, lng, shrt);
    cli_history_begin(p->name);
    opterr = 0;
    while ((c = getopt_long(argc, argv, shrt, lng, NULL)) != -1) {
        if (c == 'h' || c >= HELP)
            print_and_exit(p, c);
        if (c == '?')
            bad_option(p, argc, argv);
        if (c == ':')
            cli_usage("--%s needs a value", p->options[row_of(p, optopt)].name);
        int i = row_of(p, c);
        const char *like = NULL;
        if (c < LONG && optarg == argv[optind - 1] + 2)
            like = check_attached(p, argv[optind - 1] + 1);
        cli_set_option(&p->options[i], optarg, like);
        cli_history_option(&p->options[i], optarg);
        given[i] = 1;
    }
    for (int i = 0; i < n; i++)
        if (p->options[i].flags & CLI_REQUIRED && !given[i])
            cli_usage("--%s is required", p->options[i].name);
    int operands = argc - optind;
    if (operands < p->min_operands)
        cli_usage("missing operand: %s", p->operands);
    if (p->max_operands >= 0 && operands > p->max_operands)
        cli_usage(
            "one operand too many: %.200s", argv[optind + p->max_operands]);
    for (int i = optind; i < argc; i++)
        cli_history_word(argv[i]);
    cli_history_end();
    cli_check_paths(p, argc, argv, optind);
    if (has_threads(p))
        cli_start_threads();
    return optind;
}
