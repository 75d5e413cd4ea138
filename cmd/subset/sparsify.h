/* seg-subset --simulate: sparse labels made from dense ones. */
#ifndef SEG_CMD_SUBSET_SPARSIFY_H
#define SEG_CMD_SUBSET_SPARSIFY_H

#include "lib/dataset/key_counter.h"
#include "lib/dataset/sparse.h"
#include "lib/tensor/record.h"

enum { CLI_DENSE, CLI_POINTS, CLI_SCRIBBLES, CLI_SLICES };

/* As given by the user; 0: not given. */
struct cli_sparse_options {
    int per_class, pen, every;
};

struct cli_sparsifier {
    int kind;
    struct cli_sparse_options how;
    /* internal */
    struct seg_arena scratch;
    struct seg_key_counter slices; /* those before, of each volume */
};

/* Exits with 64 if an option is given that kind does not use. */
void cli_check_sparse(int kind, const struct cli_sparse_options *how);

/* Replaces the label of rec; CLI_DENSE leaves it.  Exits on failure. */
void cli_sparsify(struct cli_sparsifier *s, struct seg_record *rec);
void cli_sparsifier_free(struct cli_sparsifier *s);

#endif
