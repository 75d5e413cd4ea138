/* The history of the output: that of all inputs, then this command line. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cli/internal.h"

static char line[16384];     /* this command line */
static char *inherited = ""; /* of the inputs */

static void append(const char *fmt, ...) SEG_PRINTF(1, 2);

static void
append(const char *fmt, ...)
{
    size_t n = strlen(line);
    va_list args;

    va_start(args, fmt);
    vsnprintf(line + n, sizeof line - n, fmt, args);
    va_end(args);
}

/* The part of a path that the history shows.  The same work in another
   directory must give the same bytes, so a path out of the working directory
   is reduced to its last name: "../data/a.st" is "a.st". */
static const char *
shown_part(const char *word)
{
    if (*word != '/' && strncmp(word, "../", 3) && !strstr(word, "/../"))
        return word;
    const char *slash = strrchr(word, '/');
    return slash[1] ? slash + 1 : word;
}

void
cli_history_word(const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        "%+,-./:=@_";

    word = shown_part(word);
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

void
cli_history_option(const struct cli_option *o, const char *value)
{
    if (o->flags & CLI_SILENT)
        return;
    if (o->letter)
        append(" -%c", o->letter);
    else
        append(" --%s", o->name);
    if (value)
        cli_history_word(value);
}

void
cli_history_begin(const char *program)
{
    append("%s %s", program, SEG_VERSION);
}

void
cli_history_end(void)
{
    static const char cut[] = " ...";
    size_t most = sizeof line - sizeof cut - 1;

    if (strlen(line) > most)
        strcpy(line + most, cut);
    append("\n");
}

const char *
cli_own_history(void)
{
    return line;
}

/* Equal histories, for example of the shards of one job, are kept once. */
void
cli_history_inherit(const char *history)
{
    if (strstr(inherited, history))
        return;
    char *longer = cli_take(strlen(inherited) + strlen(history) + 1, 1);
    inherited = strcat(strcpy(longer, inherited), history);
}

const char *
cli_whole_history(void)
{
    cli_history_inherit(line);
    return inherited;
}
