/* Prints the option table: --help for people, --options as TSV for programs. */
#define _DEFAULT_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cli/internal.h"

enum { WIDTH = 79 };

/* Prints an option as in the usage line, for example "-n N" or "--rest". */
static int
format_option(char *text, size_t n, const struct cli_option *o)
{
    char letter[3] = {'-', o->letter, 0};
    int at = snprintf(
        text, n, "%s%s", o->letter ? letter : "--", o->letter ? "" : o->name);

    if (o->arg)
        at += snprintf(text + at, n - (size_t)at, " %s", o->arg);
    else if (o->type == CLI_CHOICE)
        for (int i = 0; o->choices[i] && at < (int)n; i++)
            at += snprintf(text + at, n - (size_t)at, "%c%s", i ? '|' : ' ',
                o->choices[i]);
    return at;
}

static void
print_word(int *column, int indent, const char *word)
{
    int n = (int)strlen(word);

    if (*column + 1 + n > WIDTH) {
        printf("\n%*s", indent, "");
        *column = indent;
    }
    *column += printf(" %s", word);
}

static void
print_usage(const struct cli_program *p)
{
    int indent = (int)strlen(p->name) + 7, column = indent;
    char word[500], flags[CLI_MAX_OPTIONS + 4] = "[-";
    size_t n = 2;

    printf("usage: %s", p->name);
    for (const struct cli_option *o = p->options; o->name; o++)
        if (o->type == CLI_FLAG && o->letter)
            flags[n++] = o->letter;
    if (n > 2) {
        flags[n++] = ']';
        flags[n] = 0;
        print_word(&column, indent, flags);
    }
    for (const struct cli_option *o = p->options; o->name; o++) {
        if (o->type == CLI_FLAG && o->letter)
            continue;
        int required = o->flags & CLI_REQUIRED, at = 0;
        if (!required)
            word[at++] = '[';
        at += format_option(word + at, sizeof word - 8, o);
        snprintf(word + at, sizeof word - (size_t)at, "%s%s",
            required ? "" : "]", o->type == CLI_LIST ? "..." : "");
        print_word(&column, indent, word);
    }
    if (*p->operands)
        print_word(&column, indent, p->operands);
    printf("\n");
}

/* The text is to the right of a short option and below a long one. */
static void
print_row(char letter, const char *left, const char *help)
{
    enum { LEFT = 20, INDENT = LEFT + 6 };
    char before[8] = "    ", words[500], *rest = words;
    int column = INDENT;

    if (letter)
        snprintf(before, sizeof before, "-%c, ", letter);
    printf("  %s%-*s", before, LEFT, left);
    if (strlen(left) > LEFT)
        printf("\n%*s", INDENT, "");
    snprintf(words, sizeof words, "%s", help);
    for (char *w; (w = strsep(&rest, " "));)
        print_word(&column, INDENT, w);
    printf("\n");
}

void
cli_print_help(const struct cli_program *p)
{
    print_usage(p);
    printf("\n%c%s.\n\n", toupper((unsigned char)*p->summary), p->summary + 1);
    for (const struct cli_option *o = p->options; o->name; o++) {
        struct cli_option long_form = *o;
        char left[500];

        long_form.letter = 0;
        format_option(left, sizeof left, &long_form);
        print_row(o->letter, left, o->help);
    }
    print_row('h', "--help", "print this and exit");
    print_row(0, "--version", "print the version and exit");
    printf("\nExample:\n  %s\n\nSee also: %s, segpipe(7)\n", p->example,
        p->see_also);
}

/* Columns: letter, name, value, type, choices, help; "-": none. */
void
cli_print_table(const struct cli_program *p)
{
    static const char *const types[] = {
        "flag", "int", "u64", "float", "text", "choice", "size", "list", "wxh"};

    for (const struct cli_option *o = p->options; o->name; o++) {
        printf("%c\t%s\t%s\t%s\t", o->letter ? o->letter : '-', o->name,
            o->arg ? o->arg : "-", types[o->type]);
        for (int i = 0; o->type == CLI_CHOICE && o->choices[i]; i++)
            printf("%s%s", i ? "," : "", o->choices[i]);
        printf("%s\t%s\n", o->type == CLI_CHOICE ? "" : "-", o->help);
    }
}
