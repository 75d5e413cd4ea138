#include "cmd/train/options.h"

struct cli_training_opts cli_training_opts = {.optimizer = -1,
    .lr = -1,
    .clip = -1,
    .warmup = -1,
    .batch = 8,
    .accumulate = 1,
    .momentum = 0.9,
    .decay = 4e-5,
    .layer_decay = 1,
    .every = 100};
const char *const cli_training_optimizers[] = {"sgd", "adamw", NULL};
const char *const cli_training_schedules[] = {
    "cosine", "poly", "step", "constant", "onecycle", NULL};
