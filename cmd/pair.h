/* Options that are a range: "0.5,2", or one number for both ends. */
#ifndef SEG_CMD_PAIR_H
#define SEG_CMD_PAIR_H

/* v[0] <= v[1], both within min..max; else wrong use of --option. */
void cli_pair(
    double v[2], const char *text, const char *option, double min, double max);

#endif
