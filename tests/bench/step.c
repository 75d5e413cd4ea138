/*
 * Training steps and predictions of whole networks: step NET [RUNS]
 *
 * NET: r18 r50 unet lite vit hu, described in network.h.  The peer is
 * tests/bench/peer.py.
 */
#include "tests/bench/network.h"

static void
train(void *state)
{
    struct network *w = state;

    network_plan(w, TRAINING);
    network_input(w);
    network_forward(w);
    network_clear(w);
    network_loss(w);
    network_backward(w);
    network_update(w);
}

static void
predict(void *state)
{
    struct network *w = state;

    network_plan(w, PREDICTION);
    network_input(w);
    network_forward(w);
}

int
main(int argc, char **argv)
{
    static struct network w;
    static const struct bench jobs[] = {
        {"train", train}, {"predict", predict}, {NULL, NULL}};

    if (argc < 2)
        bench_die("usage: step NET [RUNS]");
    network_build(&w, argv[1]);
    return bench_serve(argv[1], jobs, &w, argc > 2 ? atoi(argv[2]) : 0);
}
