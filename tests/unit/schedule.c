/* Learning rates at steps with known closed form. */
#include <math.h>

#include "lib/train/schedule.h"
#include "tests/unit/tap.h"

static void
at(const char *name, struct seg_schedule s, uint64_t step, double expected)
{
    double seen = seg_schedule_rate(&s, step);

    ok(fabs(seen - expected) <= 1e-12, "%s at %d: %.9g, expected %.9g", name,
        (int)step, seen, expected);
}

int
main(void)
{
    struct seg_schedule s = {
        .base = 0.1, .power = 0.9, .gamma = 0.1, .total = 100};

    s.kind = SEG_SCHEDULE_CONSTANT;
    at("constant", s, 0, 0.1);
    at("constant", s, 99, 0.1);
    s.kind = SEG_SCHEDULE_COSINE;
    at("cosine", s, 0, 0.1);
    at("cosine", s, 50, 0.05);
    at("cosine", s, 25, 0.05 * (1 + sqrt(0.5)));
    s.kind = SEG_SCHEDULE_POLY;
    at("poly", s, 0, 0.1);
    at("poly", s, 75, 0.1 * pow(0.25, 0.9));
    at("poly after the end", s, 300, 0.1 * pow(0.01, 0.9));
    s.end = 0.02;
    at("poly to an end", s, 75, 0.02 + 0.08 * pow(0.25, 0.9));
    s.kind = SEG_SCHEDULE_COSINE;
    at("cosine to an end", s, 50, 0.06);
    s.end = 0;
    s.kind = SEG_SCHEDULE_STEP;
    at("step", s, 33, 0.1);
    at("step", s, 34, 0.01);
    at("step", s, 67, 0.001);
    s.kind = SEG_SCHEDULE_COSINE;
    s.warmup = 20;
    at("warm-up", s, 0, 0.005);
    at("warm-up", s, 19, 0.1);
    at("cosine behind a warm-up", s, 20, 0.1);
    at("cosine behind a warm-up", s, 60, 0.05);
    s.warmup = 200;
    at("warm-up longer than all", s, 99, 0.05);
    s.kind = SEG_SCHEDULE_CONSTANT;
    s.warmup = s.total = 0;
    at("constant without an end", s, 1000000, 0.1);
    return done();
}
