/* Options that are lists of numbers; exits with 64 if they are not valid. */
#ifndef SEG_CMD_CLI_NUMBERS_H
#define SEG_CMD_CLI_NUMBERS_H

/* Parses "0.5,1,2" into v: up to `most` numbers from min to max.  Returns their
   number. */
int cli_numbers(double *v, int most, const char *text, const char *option,
    double min, double max);

/* Parses a range, "0.5,2", or one number for both ends: v[0] <= v[1]. */
void cli_pair(
    double v[2], const char *text, const char *option, double min, double max);

#endif
