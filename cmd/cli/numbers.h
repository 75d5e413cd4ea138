/* Options that are numbers with commas between; others are wrong use. */
#ifndef SEG_CMD_CLI_NUMBERS_H
#define SEG_CMD_CLI_NUMBERS_H

/* "0.5,1,2" into v: up to `most` numbers from min to max.  How many. */
int cli_numbers(double *v, int most, const char *text, const char *option,
    double min, double max);

/* A range, "0.5,2", or one number for both ends: v[0] <= v[1]. */
void cli_pair(
    double v[2], const char *text, const char *option, double min, double max);

#endif
