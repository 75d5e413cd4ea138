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

/* Values of torch.optim.lr_scheduler.OneCycleLR (PyTorch 2.15). */
static void
one_cycle(void)
{
    struct seg_schedule s = {
        .kind = SEG_SCHEDULE_ONECYCLE, .base = 0.1, .total = 100};

    at("one-cycle", s, 0, 0.004);
    at("one-cycle", s, 5, 0.010870855543955726);
    at("one-cycle", s, 9, 0.025063020862605645);
    at("one-cycle", s, 29, 0.1);
    at("one-cycle", s, 30, 0.09994965352845243);
    at("one-cycle", s, 98, 5.07464715475788e-05);
    at("one-cycle", s, 99, 4e-07);
    at("one-cycle after the end", s, 300, 4e-07);
    s.total = 40;
    s.warmup = 4;
    at("one-cycle, rise of a tenth", s, 1, 0.028);
    at("one-cycle, rise of a tenth", s, 29, 0.017860948073194972);
    s.warmup = 80;
    at("one-cycle, rise of all steps", s, 39, 0.1);
    s.total = 3;
    s.warmup = 0;
    at("one-cycle of 3 steps", s, 0, 0.09944154354509119);
    at("one-cycle of 3 steps", s, 1, 0.046263710266697504);
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
    one_cycle();
    s.kind = SEG_SCHEDULE_CONSTANT;
    s.warmup = s.total = 0;
    at("constant without an end", s, 1000000, 0.1);
    return done();
}
