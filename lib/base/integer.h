/* Integer arithmetic that C lacks. */
#ifndef SEG_BASE_INTEGER_H
#define SEG_BASE_INTEGER_H

static inline int
min_int(int a, int b)
{
    return a < b ? a : b;
}

static inline int
max_int(int a, int b)
{
    return a > b ? a : b;
}

/* a / b rounded up; a >= 0, b > 0. */
static inline int
ceil_div(int a, int b)
{
    return (a + b - 1) / b;
}

/* The smallest multiple of step that is not below n; n >= 0. */
static inline int
round_up(int n, int step)
{
    return ceil_div(n, step) * step;
}

#endif
