/*
 * Naive twins of the losses, from their formulas, in double: full-size logits,
 * no gradient.
 */
#ifndef SEG_TESTS_UNIT_LOSS_TWINS_H
#define SEG_TESTS_UNIT_LOSS_TWINS_H

#include <math.h>
#include <stdint.h>

enum { PIXELS = 1000, IGNORE = 255 };

struct shape {
    int n, h, w, c;
};

struct twin {
    struct shape s;
    const uint8_t *y;
    const float *weight;
    const double *set;
};

static int
valid(const struct twin *t, int i)
{
    return t->y[i] < t->s.c && t->y[i] != IGNORE;
}

static double
weight(const struct twin *t, int k)
{
    return t->weight ? t->weight[k] : 1;
}

/* -log p[q,k] */
static double
nll(const double *x, int c, int k)
{
    double top = x[0], sum = 0;

    for (int j = 1; j < c; j++)
        top = fmax(top, x[j]);
    for (int j = 0; j < c; j++)
        sum += exp(x[j] - top);
    return log(sum) + top - x[k];
}

static double
twin_ce(const struct twin *t, const double *x)
{
    int pixels = t->s.n * t->s.h * t->s.w, c = t->s.c;
    double sum = 0, total = 0, smooth = t->set[0];

    for (int i = 0; i < pixels; i++) {
        if (!valid(t, i))
            continue;
        for (int k = 0; k < c; k++)
            sum += weight(t, k) * ((k == t->y[i]) * (1 - smooth) + smooth / c) *
                   nll(x + i * c, c, k);
        total += weight(t, t->y[i]);
    }
    return total > 0 ? sum / total : 0;
}

static double
twin_focal(const struct twin *t, const double *x)
{
    int pixels = t->s.n * t->s.h * t->s.w, c = t->s.c;
    double sum = 0, total = 0;

    for (int i = 0; i < pixels; i++) {
        if (!valid(t, i))
            continue;
        double l = nll(x + i * c, c, t->y[i]), w = weight(t, t->y[i]);
        sum += w * pow(1 - exp(-l), t->set[0]) * l;
        total += w;
    }
    return total > 0 ? sum / total : 0;
}

static double
twin_dice(const struct twin *t, const double *x)
{
    int image = t->s.h * t->s.w, c = t->s.c, groups = t->set[1] ? 1 : t->s.n;
    int pixels = t->s.n * image / groups, filled = 0, first = !t->set[0];
    double sum = 0;

    for (int g = 0; g < groups; g++) {
        int found = 0;
        for (int k = first; k < c; k++) {
            double both = 0, p = 0, y = 0;
            for (int i = g * pixels; i < (g + 1) * pixels; i++) {
                if (!valid(t, i))
                    continue;
                double q = exp(-nll(x + i * c, c, k));
                found = 1;
                both += t->y[i] == k ? q : 0;
                y += t->y[i] == k;
                p += t->set[2] ? q * q : q;
            }
            if (p + y + t->set[3] > 0)
                sum += 1 - (2 * both + t->set[3]) / (p + y + t->set[3]);
        }
        filled += found;
    }
    return filled && c > first ? sum / filled / (c - first) : 0;
}

/* The Jaccard loss of class k if the pixels in wrong[] are misclassified. */
static double
jaccard(const struct twin *t, const int *at, int n, const int *wrong, int k)
{
    int size = 0, missed = 0, added = 0;

    for (int i = 0; i < n; i++) {
        size += t->y[at[i]] == k;
        missed += t->y[at[i]] == k && wrong[i];
        added += t->y[at[i]] != k && wrong[i];
    }
    return size + added ? 1 - (double)(size - missed) / (size + added) : 0;
}

/* The Lovasz extension from its definition: pixels become wrong one by one, the
   largest error first. */
static double
lovasz_class(const struct twin *t, const double *x, const int *at, int n, int k)
{
    int wrong[PIXELS] = {0};
    double error[PIXELS], sum = 0, before = 0;

    for (int i = 0; i < n; i++) {
        double p = exp(-nll(x + at[i] * t->s.c, t->s.c, k));
        error[i] = t->y[at[i]] == k ? 1 - p : p;
    }
    for (int step = 0; step < n; step++) {
        double most = -1;
        int best = 0;
        for (int i = 0; i < n; i++)
            if (!wrong[i] && error[i] > most) {
                most = error[i];
                best = i;
            }
        wrong[best] = 1;
        double after = jaccard(t, at, n, wrong, k);
        sum += most * (after - before);
        before = after;
    }
    return sum;
}

static double
twin_lovasz(const struct twin *t, const double *x)
{
    int groups = t->set[0] ? t->s.n : 1, filled = 0;
    int pixels = t->s.n * t->s.h * t->s.w / groups;
    double sum = 0;

    for (int g = 0; g < groups; g++) {
        int at[PIXELS], n = 0, classes = 0;
        double part = 0;
        for (int i = g * pixels; i < (g + 1) * pixels; i++)
            if (valid(t, i))
                at[n++] = i;
        for (int k = 0; n && k < t->s.c; k++) {
            int present = !t->set[1];
            for (int i = 0; i < n; i++)
                present |= t->y[at[i]] == k;
            classes += present;
            part += present ? lovasz_class(t, x, at, n, k) : 0;
        }
        filled += classes > 0;
        sum += classes ? part / classes : 0;
    }
    return filled ? sum / filled : 0;
}

static double
twin_ohem(const struct twin *t, const double *x)
{
    int pixels = t->s.n * t->s.h * t->s.w, n = 0, kept = 0;
    double loss[PIXELS], sum = 0, total = 0;

    for (int i = 0; i < pixels; i++) {
        loss[i] = valid(t, i) ? nll(x + i * t->s.c, t->s.c, t->y[i]) : -1;
        n += valid(t, i);
        kept += valid(t, i) && exp(-loss[i]) < t->set[1];
    }
    kept = (int)fmax(fmax(kept, floor(t->set[0] * n)), n > 0);
    for (; kept > 0; kept--) {
        double most = -1;
        int best = 0;
        for (int i = 0; i < pixels; i++)
            if (loss[i] > most) {
                most = loss[i];
                best = i;
            }
        loss[best] = -1;
        sum += weight(t, t->y[best]) * most;
        total += weight(t, t->y[best]);
    }
    return total > 0 ? sum / total : 0;
}

static double
twin_tversky(const struct twin *t, const double *x)
{
    int image = t->s.h * t->s.w, c = t->s.c, groups = t->set[3] ? 1 : t->s.n;
    int pixels = t->s.n * image / groups, filled = 0, first = !t->set[2];
    double sum = 0;

    for (int g = 0; g < groups; g++) {
        int found = 0;
        for (int k = first; k < c; k++) {
            double tp = t->set[4], fp = 0, fn = 0;
            for (int i = g * pixels; i < (g + 1) * pixels; i++) {
                if (!valid(t, i))
                    continue;
                double q = exp(-nll(x + i * c, c, k));
                found = 1;
                tp += t->y[i] == k ? q : 0;
                fp += t->y[i] == k ? 0 : q;
                fn += t->y[i] == k ? 1 - q : 0;
            }
            double below = tp + t->set[0] * fp + t->set[1] * fn;
            sum += below > 0 ? 1 - tp / below : 0;
        }
        filled += found;
    }
    return filled && c > first ? sum / filled / (c - first) : 0;
}

static double
twin_entropy(const struct twin *t, const double *x)
{
    int pixels = t->s.n * t->s.h * t->s.w, c = t->s.c;
    double sum = 0, n = 0;

    for (int i = 0; i < pixels; i++) {
        for (int k = 0; valid(t, i) && k < c; k++)
            sum += nll(x + i * c, c, k) * exp(-nll(x + i * c, c, k));
        n += valid(t, i);
    }
    return n > 0 ? sum / n : 0;
}

/* Number of classes of pixel x that are more probable than k, the first of
   equal ones before the others. */
static int
rank_of(const double *x, int c, int k)
{
    int rank = 0;

    for (int j = 0; j < c; j++)
        rank += x[j] > x[k] || (x[j] == x[k] && j < k);
    return rank;
}

static double
twin_maxsquare(const struct twin *t, const double *x)
{
    int image = t->s.h * t->s.w, c = t->s.c, all = 0, images = 0;
    double sum = 0, weighted = 0;

    for (int b = 0; b < t->s.n; b++) {
        int n[256] = {0}, valid_here = 0;
        for (int i = b * image; i < (b + 1) * image; i++)
            for (int k = 0; valid(t, i) && k < c; k++)
                n[k] += rank_of(x + i * c, c, k) == 0;
        for (int k = 0; k < c; k++)
            valid_here += n[k];
        all += valid_here;
        images += valid_here > 0;
        for (int i = b * image; i < (b + 1) * image; i++) {
            double squares = 0;
            int best = 0;
            for (int k = 0; valid(t, i) && k < c; k++) {
                squares += exp(-2 * nll(x + i * c, c, k));
                best = rank_of(x + i * c, c, k) == 0 ? k : best;
            }
            sum += squares;
            weighted += squares / fmax(1, pow(n[best], t->set[1]) *
                                              pow(valid_here, 1 - t->set[1]));
        }
    }
    if (!all)
        return 0;
    if (t->set[0])
        return -weighted / images / (t->set[2] ? c : 2);
    return -sum / all / 2 / (t->set[2] ? c : 1);
}

/* k=0: each complementary class once. */
static double
negative(const struct twin *t, const double *x, int by_rank)
{
    int pixels = t->s.n * t->s.h * t->s.w, c = t->s.c, pixel = 0;
    double sum = 0;

    for (int i = 0; i < pixels; i++) {
        double part = 0;
        int n = 0;
        for (int k = 0; valid(t, i) && k < c; k++) {
            int rank = rank_of(x + i * c, c, k);
            if (by_rank ? rank < 1 || abs(rank - c / 2) > 3 : k == t->y[i])
                continue;
            part -= log(fmax(1e-5, 1 - exp(-nll(x + i * c, c, k))));
            n++;
        }
        sum += n ? part / n : 0;
        pixel += valid(t, i);
    }
    return pixel ? sum / pixel : 0;
}

static double
twin_nl(const struct twin *t, const double *x)
{
    return negative(t, x, 0);
}

static double
twin_nlrank(const struct twin *t, const double *x)
{
    return negative(t, x, 1);
}

static double
twin_pl(const struct twin *t, const double *x)
{
    int pixels = t->s.n * t->s.h * t->s.w, c = t->s.c, all = 0, selected = 0;
    double sum = 0;

    for (int i = 0; i < pixels; i++) {
        double l = valid(t, i) ? nll(x + i * c, c, t->y[i]) : 0;
        int in = valid(t, i) && exp(-l) > t->set[0];
        sum += in ? l : 0;
        all += valid(t, i);
        selected += in;
    }
    return selected ? sum / (t->set[1] ? all : selected) : 0;
}

static const struct {
    const char *name;
    double (*value)(const struct twin *t, const double *x);
} twins[] = {
    {"ce", twin_ce},
    {"dice", twin_dice},
    {"entropy", twin_entropy},
    {"focal", twin_focal},
    {"lovasz", twin_lovasz},
    {"maxsquare", twin_maxsquare},
    {"nl", twin_nl},
    {"nlrank", twin_nlrank},
    {"ohem", twin_ohem},
    {"pl", twin_pl},
    {"tversky", twin_tversky},
};

#endif
