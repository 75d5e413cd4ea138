/* The table of options: parsing, and the line of history that comes of it. */
#define _DEFAULT_SOURCE
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <omp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/internal.h"

enum { LONG = 256, HELP = 512, VERSION, TABLE };

static char history[16384];

/* ---- what was meant ---- */

/* "-steps 3" is read as -s with the value teps: the option that the word is
   like, for the message in case that the value makes no sense. */
static const char *meant;

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

/* The option like a word of the command line, which ends at its "=". */
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
 * A letter whose value follows it at once: -n1, but also -steps, and -out,
 * which would write the file ut.  Refused where the whole word is the
 * beginning, from three letters on, or all of a long name.
 */
static void
check_attached(const struct cli_program *p, const char *word)
{
    size_t n = strcspn(word, "=");

    meant = option_like(p, word);
    if (meant && !strncmp(meant, word, n) && (n > 2 || !meant[n]))
        cli_usage(
            "unknown option -%.*s: did you mean --%s?", (int)n, word, meant);
}

/* ---- values ---- */

static void
wrong(const struct cli_option *o, const char *value, const char *wanted)
{
    const char *shown = *value ? value : "''";

    if (meant)
        cli_usage("--%s: %.200s is not %s; did you mean --%s?", o->name, shown,
            wanted, meant);
    cli_usage("--%s: %.200s is not %s", o->name, shown, wanted);
}

/* No blank, no text behind; strto* would let both pass. */
static int
whole(const char *value, const char *end)
{
    return *value && !isspace((unsigned char)*value) && end != value && !*end;
}

static int
has_range(const struct cli_option *o)
{
    return o->min != 0 || o->max != 0;
}

static void
check_range(const struct cli_option *o, const char *value, double x)
{
    if (!isnan(x) && (!has_range(o) || (x >= o->min && x <= o->max)))
        return;
    if (isnan(x) || o->max > 1e15)
        cli_usage("--%s: %.200s is not %g or more", o->name, value, o->min);
    cli_usage(
        "--%s: %.200s is not within %g to %g", o->name, value, o->min, o->max);
}

static int
parse_int(const struct cli_option *o, const char *value)
{
    char *end;

    errno = 0;
    long x = strtol(value, &end, 10);
    if (!whole(value, end))
        wrong(o, value, "a whole number");
    if (errno || x > INT_MAX || x < INT_MIN)
        cli_usage("--%s: %.200s is too large", o->name, value);
    check_range(o, value, (double)x);
    return (int)x;
}

static uint64_t
parse_u64(const struct cli_option *o, const char *value)
{
    char *end;

    errno = 0;
    uint64_t x = strtoull(value, &end, 10);
    if (!whole(value, end) || *value == '-')
        wrong(o, value, "a whole number");
    if (errno)
        cli_usage("--%s: %.200s is too large", o->name, value);
    check_range(o, value, (double)x);
    return x;
}

static double
parse_float(const struct cli_option *o, const char *value)
{
    char *end;
    double x = strtod(value, &end);

    if (!whole(value, end))
        wrong(o, value, "a number");
    check_range(o, value, x);
    if (!isfinite(x))
        wrong(o, value, "a finite number");
    return x;
}

static size_t
parse_size(const struct cli_option *o, const char *value)
{
    static const char suffix[] = "KMG";
    char *end;

    errno = 0;
    unsigned long long x = strtoull(value, &end, 10);
    const char *s = *end && end != value ? strchr(suffix, *end) : NULL;
    if (s)
        end++;
    if (!whole(value, end) || *value == '-' || *value == '+')
        wrong(o, value, "a size in bytes, with or without suffix K, M or G");
    int shift = s ? 10 * (int)(s - suffix + 1) : 0;
    if (errno || x > SIZE_MAX >> shift)
        cli_usage("--%s: %.200s is too large", o->name, value);
    return (size_t)x << shift;
}

static int
parse_choice(const struct cli_option *o, const char *value)
{
    char all[400] = "";

    for (int i = 0; o->choices[i]; i++) {
        if (!strcmp(o->choices[i], value))
            return i;
        size_t n = strlen(all);
        snprintf(all + n, sizeof all - n, "%s%s", n ? ", " : "", o->choices[i]);
    }
    const char *near = cli_nearest(value, o->choices);
    if (near)
        cli_usage("--%s: %.200s is not one of %s; did you mean %s?", o->name,
            value, all, near);
    cli_usage("--%s: %.200s is not one of %s", o->name, value, all);
}

/* "240x180", or "256" for both */
static void
parse_wxh(const struct cli_option *o, const char *value, int *size)
{
    char *end;

    for (int i = 0; i < 2; i++) {
        errno = 0;
        long x = strtol(value, &end, 10);
        int last = i == 1 || *end != 'x';
        if (!isdigit((unsigned char)*value) || (last && *end))
            wrong(o, value, "WxH or one number");
        if (errno || x > INT_MAX)
            cli_usage("--%s: %.200s is too large", o->name, value);
        check_range(o, value, (double)x);
        if (x == 0 && !has_range(o))
            wrong(o, value, "a size of 1 or more");
        size[i] = (int)x;
        if (i == 0 && last) {
            size[1] = size[0];
            return;
        }
        value = end + 1;
    }
}

static void
add_item(struct cli_list *list, const char *value)
{
    if (list->n % 16 == 0) {
        const char **wider = cli_take((size_t)list->n + 16, sizeof *wider);
        for (int i = 0; i < list->n; i++)
            wider[i] = list->item[i];
        list->item = wider;
    }
    list->item[list->n++] = value;
}

static void
set(const struct cli_option *o, const char *value)
{
    switch (o->type) {
    case CLI_FLAG:
        *(int *)o->target = 1;
        break;
    case CLI_INT:
        *(int *)o->target = parse_int(o, value);
        break;
    case CLI_U64:
        *(uint64_t *)o->target = parse_u64(o, value);
        break;
    case CLI_FLOAT:
        *(double *)o->target = parse_float(o, value);
        break;
    case CLI_TEXT:
        *(const char **)o->target = value;
        break;
    case CLI_CHOICE:
        *(int *)o->target = parse_choice(o, value);
        break;
    case CLI_SIZE:
        *(size_t *)o->target = parse_size(o, value);
        break;
    case CLI_LIST:
        add_item(o->target, value);
        break;
    case CLI_WXH:
        parse_wxh(o, value, o->target);
        break;
    }
}

/* ---- history ---- */

static void append(const char *fmt, ...) SEG_PRINTF(1, 2);

static void
append(const char *fmt, ...)
{
    size_t n = strlen(history);
    va_list args;

    va_start(args, fmt);
    vsnprintf(history + n, sizeof history - n, fmt, args);
    va_end(args);
}

/*
 * Equal work gives equal bytes wherever it is done: of paths that lead out of
 * the working directory only the last part is kept.
 */
static void
append_word(const char *word)
{
    if (*word == '/' || !strncmp(word, "../", 3) || strstr(word, "/../")) {
        const char *slash = strrchr(word, '/');
        word = slash[1] ? slash + 1 : word;
    }
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        "%+,-./:=@_";
    if (*word && !word[strspn(word, plain)]) {
        append(" %s", word);
        return;
    }
    append(" '");
    for (; *word; word++)
        if (*word == '\'')
            append("'\\''");
        else
            append("%c", *word < ' ' || *word > '~' ? '?' : *word);
    append("'");
}

static void
append_option(const struct cli_option *o, const char *value)
{
    if (o->flags & CLI_SILENT)
        return;
    if (o->letter)
        append(" -%c", o->letter);
    else
        append(" --%s", o->name);
    if (value)
        append_word(value);
}

const char *
cli_own_history(void)
{
    return history;
}

/* ---- parsing ---- */

static void
print_and_exit(const struct cli_program *p, int what)
{
    if (what == 'h' || what == HELP)
        cli_print_help(p);
    else if (what == VERSION)
        printf("%s (segpipe) %s\n", p->name, SEG_VERSION);
    else
        cli_print_table(p);
    cli_close_stdout();
    exit(0);
}

/* getopt's two forms of the table; letters get ':' where a value follows. */
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

/* The row of what getopt returns or leaves in optopt. */
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

/* A long name that is not known, or the beginning of several. */
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

/* A letter that is not known: alone, or in a word such as -lr, which getopt
   is through with if the letter is its last. */
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

/* The line is complete whatever its length. */
static void
close_history(void)
{
    static const char cut[] = " ...";
    size_t room = sizeof history - sizeof cut - 1;

    if (strlen(history) > room)
        strcpy(history + room, cut);
    append("\n");
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
    signal(SIGXFSZ, SIG_IGN); /* a file too large is an error like others */
    cli.threads = omp_get_max_threads(); /* OMP_NUM_THREADS, or all */
    int n = tables(p, lng, shrt);
    append("%s %s", p->name, SEG_VERSION);
    opterr = 0;
    while ((c = getopt_long(argc, argv, shrt, lng, NULL)) != -1) {
        if (c == 'h' || c >= HELP)
            print_and_exit(p, c);
        if (c == '?')
            bad_option(p, argc, argv);
        if (c == ':')
            cli_usage("--%s wants a value", p->options[row_of(p, optopt)].name);
        int i = row_of(p, c);
        meant = NULL;
        if (c < LONG && optarg == argv[optind - 1] + 2)
            check_attached(p, argv[optind - 1] + 1);
        set(&p->options[i], optarg);
        append_option(&p->options[i], optarg);
        given[i] = 1;
    }
    for (int i = 0; i < n; i++)
        if (p->options[i].flags & CLI_REQUIRED && !given[i])
            cli_usage("--%s is wanted", p->options[i].name);
    int operands = argc - optind;
    if (operands < p->min_operands)
        cli_usage("wants %s", p->operands);
    if (p->max_operands >= 0 && operands > p->max_operands)
        cli_usage(
            "one operand too many: %.200s", argv[optind + p->max_operands]);
    for (int i = optind; i < argc; i++)
        append_word(argv[i]);
    close_history();
    cli_check_paths(p, argc, argv, optind);
    if (has_threads(p))
        cli_start_threads();
    return optind;
}
