/*
 * Every meeting takes a block on by one round, in one store.  A second store of
 * the same number does no harm by itself; among threads it may undo what others
 * did since the first, and then all wait for ever.  Whether they do is chance,
 * so the code is compiled here with a store that counts.
 */
#include "lib/kernel/contrast/contrast_kernel.h"
#include "tests/unit/tap.h"

static int stores, astray;

static void
go_on(int *turn, int round)
{
    stores++;
    astray += round != *turn + 1;
    *turn = round;
}

#define __atomic_store_n(turn, round, order) go_on(turn, round)
#include "lib/kernel/contrast/contrast_pairs.c"

enum { MOST = 12 };

/* Blocks without anchors: they meet, and have nothing to do. */
static void
test_rounds(int blocks)
{
    int turn[MOST], behind = 0;
    struct span span[MOST] = {{0}};
    struct tile tile = {0};
    struct work w = {
        .blocks = blocks, .turn = turn, .span = span, .tile = &tile};

    stores = astray = 0;
    seg_contrast_pairs(&w, CONTRAST_SUMS, 1);
    for (int i = 0; i < blocks; i++)
        behind += turn[i] != blocks;
    ok(!behind && !astray && stores == blocks * blocks,
        "%d blocks: %d stores, %d of them not to the next round", blocks,
        stores, astray);
}

int
main(void)
{
    for (int blocks = 1; blocks <= MOST; blocks++)
        test_rounds(blocks);
    return done();
}
