#include <math.h>
#include <string.h>

#include "lib/net/head.h"
#include "lib/train/layer_decay.h"

struct place {
    int level;
    const char *block; /* not ended by 0 */
    size_t length;     /* of block */
};

/* Length of the name up to the first component that is a number; 0: none. */
static size_t
block_length(const char *name)
{
    for (const char *s = name; *s;) {
        size_t n = strcspn(s, ".");

        if (n && strspn(s, "0123456789") == n)
            return (size_t)(s - name) + n;
        s += n + (s[n] == '.');
    }
    return 0;
}

static int
differ(const struct place *p, const struct place *q)
{
    return p->length != q->length || memcmp(p->block, q->block, p->length) != 0;
}

/* Index of the step before `end` that computes v. */
static int
find_producer(const struct seg_net *net, const struct seg_value *v, int end)
{
    int i = end - 1;

    while (i > 0 && seg_net_step(net, i)->out != v)
        i--;
    return i;
}

/* place has the places of the steps before i. */
static struct place
find_place(const struct seg_net *net, const struct place *place, int i)
{
    const struct seg_step *s = seg_net_step(net, i);
    struct place own = {0, s->name, block_length(s->name)}, best = {0, "", 0};
    int enters = s->nparam && strcmp(s->op->name, "bn") != 0;

    for (int k = 0; k < s->nin; k++) {
        struct place p = place[find_producer(net, s->in[k], i)];

        if (enters && (!p.level || differ(&p, &own))) {
            own.level = p.level + 1;
            p = own;
        }
        if (p.level > best.level)
            best = p;
    }
    return best;
}

static int
is_decoder(const struct seg_step *s)
{
    return !strcmp(s->op->name, "resize") || !strcmp(s->op->name, "tconv");
}

/* Sets the places of the encoder; returns its number of steps. */
static int
place_encoder(const struct seg_net *net, struct place *place, int *most)
{
    int n = 0;

    for (; n < seg_net_steps(net); n++) {
        const struct seg_step *s = seg_net_step(net, n);

        if (is_decoder(s) || seg_net_is_head(net, s->name))
            break;
        place[n] = find_place(net, place, n);
        *most = place[n].level > *most ? place[n].level : *most;
    }
    return n;
}

int
seg_layer_decay(
    struct seg_net *net, double decay, struct seg_arena *a, struct seg_err *e)
{
    int most = 0;
    struct place *place =
        seg_take(a, (size_t)seg_net_steps(net), sizeof *place, e);

    if (!place)
        return -1;
    int n = place_encoder(net, place, &most);
    for (int i = 0; i < n; i++) {
        const struct seg_step *s = seg_net_step(net, i);

        for (int k = 0; k < s->nparam; k++)
            s->param[k]->lr_scale *= pow(decay, most + 1 - place[i].level);
    }
    return most;
}
