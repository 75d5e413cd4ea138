#include <math.h>

#include "lib/train/schedule.h"

double
seg_schedule_rate(const struct seg_schedule *s, uint64_t step)
{
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
        return s->end + (s->base - s->end) * 0.5 * (1 + cos(acos(-1) * part));
    return s->base * pow(s->gamma, floor(3 * part));
}
