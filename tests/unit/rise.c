/* Losses of the first steps that have risen, and others that have not. */
#include "lib/train/rise.h"
#include "tests/unit/tap.h"

/* The first five losses, then those of steps 6 to 10, then from `from` on
   alternating by +-spread. */
static struct seg_rise
run(const double *first, double between, double from, double spread, int *risen)
{
    struct seg_rise r = {0};

    *risen = 0;
    for (int i = 0; i < 100; i++) {
        double loss = i < 5    ? first[i]
                      : i < 10 ? between
                               : from + (i % 2 ? spread : -spread);
        *risen += seg_rise_add(&r, loss) ? i + 1 : 0;
    }
    return r;
}

int
main(void)
{
    static const double even[] = {2, 2.1, 1.9, 2, 2.2},
                        wide[] = {2, 1, 4, 3, 2};
    static const double below[] = {-0.26, -0.25, -0.27, -0.26, -0.26};
    static const double burst[] = {1, 7, 90, 40, 20};
    int risen;
    struct seg_rise r = run(even, 9, 2.6, 0.5, &risen);

    ok(risen == 30, "a loss that rises from 2 to 2.6 is found at step 30");
    ok(r.before == 2 && r.after > 2.59 && r.after < 2.61,
        "it is told from the loss of step 1 and the median of steps 11 to 30");
    run(even, 9, 2.4, 0.5, &risen);
    ok(!risen, "a fifth above the start is not clearly higher");
    run(even, 9, 1.5, 1, &risen);
    ok(!risen, "a falling loss has not risen, whatever steps 6 to 10 say");
    run(wide, 2, 3.9, 0.1, &risen);
    ok(!risen, "a median within the first losses has not risen");
    run(wide, 2, 4.2, 0.1, &risen);
    ok(risen == 30, "one above all of them has");
    run(burst, 30, 2.2, 0.1, &risen);
    ok(risen == 30, "one above twice the first loss has");
    run(burst, 30, 1.9, 0.1, &risen);
    ok(!risen, "a loss that bursts and comes back has not");
    run(below, -0.2, -0.28, 0.01, &risen);
    ok(!risen, "a loss below 0 that falls has not");
    run(below, -0.2, -0.22, 0.01, &risen);
    ok(!risen, "nor has one that rises by less than a quarter of its size");
    run(below, -0.2, -0.15, 0.01, &risen);
    ok(risen == 30, "one that rises by more has");
    return done();
}
