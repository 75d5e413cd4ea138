/*
 * Test-time augmentation: copies that the test transforms, scores and
 * transforms back itself give the same means; scales give the right sizes; the
 * outputs for a pixel are recomputed from its probabilities.
 */
#include "lib/predict/tta.h"
#include "lib/image/transform.h"
#include "lib/predict/pixel_outputs.h"
#include "tests/unit/nets.h"

enum { H = 9, W = 14, C = 2, K = 3 };

/* A network without any symmetry. */
static const char text[] = "image input - c=2\n"
                           "a conv image c=8 kh=3 kw=5 act=relu\n"
                           "classifier conv a c=3 k=1 bias=1\n";

struct scored {
    int w, n; /* number of pixels received */
    float *scores;
};

static int
take(void *with, int y, int x, int n, float *u, int k)
{
    struct scored *to = with;

    memcpy(
        to->scores + ((size_t)y * to->w + x) * k, u, (size_t)n * k * sizeof *u);
#pragma omp atomic
    to->n += n;
    return 0;
}

static int
score(void *with, const struct seg_tensor *image, seg_take_row *row,
    void *row_with, const char *where, struct seg_err *e)
{
    struct seg_predictor *p = with;

    return seg_predictor_run(p, image, where, e) ||
                   seg_predictor_rows(p, 0, 0, p->h, row, row_with, where, e)
               ? -1
               : 0;
}

static struct seg_tensor
map(struct seg_arena *a, int h, int w, int c)
{
    struct seg_err e;
    struct seg_tensor t = {.name = "image",
        .type = SEG_F32,
        .rank = 3,
        .shape = {(size_t)h, (size_t)w, (size_t)c},
        .bytes = (size_t)h * w * c * sizeof(float)};

    t.data = seg_take(a, t.bytes, 1, &e);
    return t;
}

struct test {
    struct seg_arena arena;
    struct seg_predictor p;
    struct seg_tensor image;
};

static struct test
start(void)
{
    static float mean[C] = {0, 0}, std[C] = {1, 1};
    const struct seg_normalize_opts how = {.mean = mean, .std = std};
    struct test t = {.p = {.net = make_net(text), .threads = 2}};
    struct seg_err e;

    if (seg_normalize_start(&t.p.normalize, &t.arena, C, &how, &e))
        give_up(&e);
    fill_params(t.p.net);
    t.image = map(&t.arena, H, W, C);
    fill(t.image.data, H * W * C, "image");
    return t;
}

static void
stop(struct test *t)
{
    seg_net_free(t->p.net);
    seg_predictor_free(&t->p);
    seg_arena_free(&t->arena);
}

static struct scored
run_views(struct test *t, struct seg_tta v)
{
    struct scored s = {.w = W, .scores = calloc(H * W * K, sizeof(float))};
    struct seg_err e;

    v.threads = 2;
    v.score = score;
    v.with = &t->p;
    v.predictor = &t->p;
    if (seg_tta_run(&v, &t->image, K, take, &s, "test", &e))
        give_up(&e);
    seg_tta_free(&v);
    return s;
}

/* ---- orientations ---- */

/* Adds the scores or probabilities of the copy in one orientation, transformed
   back. */
static void
add_turned(struct test *t, double *sum, int turn, int of_scores)
{
    static const int back[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    int across = turn > 4, h = across ? W : H, w = across ? H : W;
    struct seg_tensor turned = map(&t->arena, h, w, C);
    struct seg_tensor scores = map(&t->arena, h, w, K);
    struct seg_tensor straight = map(&t->arena, H, W, K);
    struct scored s = {.w = w, .scores = scores.data};
    struct seg_err e;

    seg_image_orient(&turned, &t->image, turn);
    if (score(&t->p, &turned, take, &s, "test", &e))
        give_up(&e);
    for (int i = 0; i < H * W && !of_scores; i++)
        if (seg_softmax_row(s.scores + i * K, 1, K))
            exit(1);
    seg_image_orient(&straight, &scores, back[turn]);
    for (int i = 0; i < H * W * K; i++)
        sum[i] += ((float *)straight.data)[i];
}

static void
test_turns(int flip, int rotate, int of_scores, const char *wanted)
{
    struct test t = start();
    struct seg_tta v = {.scale = {1},
        .scales = 1,
        .orientations = seg_tta_orientations(flip, rotate),
        .of_scores = of_scores};
    struct scored got = run_views(&t, v);
    double *sum = calloc(H * W * K, sizeof *sum), worst = 0;
    int n = (int)strlen(wanted);

    for (const char *turn = wanted; *turn; turn++)
        add_turned(&t, sum, *turn - '0', of_scores);
    for (int i = 0; i < H * W * K; i++)
        worst = fmax(worst, fabs(sum[i] / n - got.scores[i]));
    ok(worst < 1e-6 && got.n == H * W && seg_tta_count(&v) == n,
        "flip %d, rotate %d: the mean of %s of orientations %s (%.1e)", flip,
        rotate, of_scores ? "scores" : "probabilities", wanted, worst);
    free(sum);
    free(got.scores);
    stop(&t);
}

/* ---- scales ---- */

/* Scores of the image at twice the size, resized back: the mean of the four
   pixels around a pixel's center. */
static void
test_scale(void)
{
    struct test t = start();
    struct seg_tensor large = map(&t.arena, 2 * H, 2 * W, C);
    struct scored s = {
        .w = 2 * W, .scores = map(&t.arena, 2 * H, 2 * W, K).data};
    struct seg_tta v = {.scale = {2}, .scales = 1, .orientations = 1u << 1};
    struct seg_err e;
    double worst = 0;

    if (seg_image_resize(
            &large, &t.image, NULL, SEG_RESIZE_BILINEAR, &t.arena, &e) ||
        score(&t.p, &large, take, &s, "test", &e))
        give_up(&e);
    v.of_scores = 1;
    struct scored got = run_views(&t, v);
    for (int i = 0; i < H * W * K; i++) {
        int y = i / (W * K), x = i / K % W, c = i % K;
        double mean = 0;

        for (int j = 0; j < 4; j++)
            mean += s.scores[((2 * y + j / 2) * 2 * W + 2 * x + j % 2) * K + c];
        worst = fmax(worst, fabs(mean / 4 - got.scores[i]));
    }
    ok(worst < 1e-5, "twice the size and back (%.1e)", worst);
    free(got.scores);
    v = (struct seg_tta){.scale = {0.5, 1, 1.5},
        .scales = 3,
        .orientations = seg_tta_orientations(3, 0)};
    got = run_views(&t, v);
    worst = 0;
    for (int i = 0; i < H * W; i++) {
        const float *p = got.scores + i * K;
        worst = fmax(worst, fabs((double)p[0] + p[1] + p[2] - 1));
    }
    ok(worst < 1e-6 && seg_tta_count(&v) == 12 &&
            fabs(seg_tta_cost(&v) - 14) < 1e-12,
        "12 views, 14 times the work, probabilities that sum to 1");
    free(got.scores);
    stop(&t);
}

/* ---- pixel outputs ---- */

static void
test_judge(void)
{
    enum { N = 50, KK = 5 };
    float u[N * KK], probs[N * KK], confidence[N], entropy[N], margin[N];
    uint8_t pred[N];
    struct seg_pixel_outputs v = {.w = N,
        .h = 1,
        .pred = pred,
        .probs = probs,
        .confidence = confidence,
        .entropy = entropy,
        .margin = margin};
    double worst = 0;
    int wrong = 0;

    fill(u, N * KK, "scores");
    u[1] = u[3] = 2; /* equal scores: the smaller class */
    u[KK + 2] = 200; /* the other probabilities are 0 */
    float scores[N * KK];
    memcpy(scores, u, sizeof u);
    ok(!seg_pixel_outputs_row(&v, 0, 0, N, u, KK), "scores are judged");
    for (int i = 0; i < N; i++) {
        double p[KK], sum = 0, h = 0;
        int best = 0, next = -1;

        for (int c = 0; c < KK; c++)
            sum += exp((double)scores[i * KK + c]);
        for (int c = 0; c < KK; c++) {
            p[c] = exp((double)scores[i * KK + c]) / sum;
            h -= p[c] > 0 ? p[c] * log(p[c]) : 0;
            best = p[c] > p[best] ? c : best;
            worst = fmax(worst, fabs(p[c] - probs[i * KK + c]));
        }
        for (int c = 0; c < KK; c++)
            if (c != best && (next < 0 || p[c] > p[next]))
                next = c;
        worst = fmax(worst, fabs(h - entropy[i]));
        worst = fmax(worst, fabs(p[best] - confidence[i]));
        worst = fmax(worst, fabs(p[best] - p[next] - margin[i]));
        wrong += pred[i] != best;
    }
    ok(worst < 1e-6 && !wrong && pred[0] == 1, "as worked out in double (%.1e)",
        worst);
    scores[7] = NAN;
    ok(seg_pixel_outputs_row(&v, 0, 0, N, scores, KK) == -1, "a NaN is not");
    scores[7] = INFINITY;
    ok(seg_softmax_row(scores, N, KK) == -1, "nor is an infinity");
}

int
main(void)
{
    for (int of_scores = 0; of_scores < 2; of_scores++) {
        test_turns(0, 0, of_scores, "1");
        test_turns(1, 0, of_scores, "12");
        test_turns(2, 0, of_scores, "14");
        test_turns(3, 0, of_scores, "1234");
        test_turns(0, 1, of_scores, "1638");
        test_turns(1, 1, of_scores, "12345678");
    }
    test_scale();
    test_judge();
    return done();
}
