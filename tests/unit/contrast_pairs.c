/*
 * A block pair advances the round of its blocks by one, in one store.  A second
 * store of the same number could undo a later round that another thread stored,
 * and then all threads would wait forever.  Threads rarely interleave like
 * that, so the code is compiled here with a store that counts.
 */
#include "lib/kernel/contrast/contrast_kernel.h"
#include "tests/unit/tap.h"

static int stores, wrong;

static void
count_store(int *rounds, int round)
{
    stores++;
    wrong += round != *rounds + 1;
    *rounds = round;
}

#define __atomic_store_n(rounds, round, order) count_store(rounds, round)
#include "lib/kernel/contrast/contrast_pairs.c"

enum { MAX_BLOCKS = 12 };

/* Blocks without anchors: nothing is computed. */
static void
test_rounds(int blocks)
{
    int rounds[MAX_BLOCKS], behind = 0;
    struct block block[MAX_BLOCKS] = {{0}};
    struct tile tile = {0};
    struct work w = {
        .nblocks = blocks, .rounds = rounds, .block = block, .tile = &tile};

    stores = wrong = 0;
    seg_contrast_pairs(&w, CONTRAST_DENOMINATORS, 1);
    for (int i = 0; i < blocks; i++)
        behind += rounds[i] != blocks;
    ok(!behind && !wrong && stores == blocks * blocks,
        "%d blocks: %d stores, %d of them not to the next round", blocks,
        stores, wrong);
}

int
main(void)
{
    for (int blocks = 1; blocks <= MAX_BLOCKS; blocks++)
        test_rounds(blocks);
    return done();
}
