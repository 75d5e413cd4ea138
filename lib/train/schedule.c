#include <math.h>

#include "lib/train/schedule.h"

/* Half a cosine from a, at part 0, to b, at part 1. */
static double
anneal(double a, double b, double part)
{
    return b + (a - b) * 0.5 * (1 + cos(acos(-1) * part));
}

static double
one_cycle(const struct seg_schedule *s, uint64_t step)
{
    double last = (double)s->total - 1, t = fmin((double)step, last);
    double rise = s->warmup ? (double)s->warmup : 0.3 * (double)s->total;
    double peak = fmin(rise - 1, last), low = s->base / 25;

    if (t < peak)
        return anneal(low, s->base, t / peak);
    if (peak >= last)
        return s->base;
    return anneal(s->base, low / 1e4, (t - peak) / (last - peak));
}

double
seg_schedule_rate(const struct seg_schedule *s, uint64_t step)
{
    if (s->kind == SEG_SCHEDULE_ONECYCLE)
        return one_cycle(s, step);
    if (step < s->warmup)
        return s->base * (double)(step + 1) / (double)s->warmup;
    if (s->kind == SEG_SCHEDULE_CONSTANT || s->total <= s->warmup)
        return s->base;
    if (step >= s->total)
        step = s->total - 1;
    double part = (double)(step - s->warmup) / (double)(s->total - s->warmup);
    if (s->kind == SEG_SCHEDULE_POLY)
        return s->end + (s->base - s->end) * pow(1 - part, s->power);
    if (s->kind == SEG_SCHEDULE_COSINE)
        return anneal(s->base, s->end, part);
    return s->base * pow(s->gamma, floor(3 * part));
}
