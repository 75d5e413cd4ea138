/* Plans a convolution and calls the method chosen for each pass. */
#include "lib/kernel/conv/conv.h"

#include <limits.h>

#include "lib/kernel/conv/conv_kernel.h"
#include "lib/simd/cpu.h"

static enum conv_method
choose_method(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    if (cv->groups > 1 && cv->groups == cv->c && cv->groups == cv->k)
        return DEPTHWISE;
    return !cv->exact && seg_conv_winograd_is_profitable(cv, pass) ? WINOGRAD
                                                                   : DIRECT;
}

int
seg_conv_plan(struct seg_conv *cv)
{
    if (cv->n < 1 || cv->c < 1 || cv->k < 1 || cv->h < 1 || cv->w < 1 ||
        cv->kh < 1 || cv->kw < 1 || cv->kh > SEG_CONV_SIDE ||
        cv->kw > SEG_CONV_SIDE || cv->stride < 1 || cv->dilation < 1 ||
        cv->pad_y < 0 || cv->pad_x < 0 || cv->end_y < 0 || cv->end_x < 0 ||
        cv->threads < 1 || cv->groups < 1 || cv->c % cv->groups ||
        cv->k % cv->groups)
        return -1;
    long high = cv->h + 2L * cv->pad_y + cv->end_y -
                (long)cv->dilation * (cv->kh - 1) - 1;
    long wide = cv->w + 2L * cv->pad_x + cv->end_x -
                (long)cv->dilation * (cv->kw - 1) - 1;
    if (high < 0 || wide < 0 || high > INT_MAX / 2 || wide > INT_MAX / 2)
        return -1;
    cv->oh = (int)(high / cv->stride + 1);
    cv->ow = (int)(wide / cv->stride + 1);
    cv->level = SEG_CPU_PICK(seg_conv_kernels);
    for (int pass = 0; pass < SEG_CONV_PASSES && !cv->keep_methods; pass++)
        cv->method[pass] = choose_method(cv, (enum seg_conv_pass)pass);
    return 0;
}

/* Winograd's tiles are 4x4 pixels, dilation pixels apart. */
int
seg_conv_block_size(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return cv->method[pass] == WINOGRAD ? 4 * cv->dilation : 1;
}

/* Direct convolution applies a fused input transform if it copies a window.
   1x1 and dilated kernels read in place, which is faster than saving a pass. */
static int
method_fuses_input(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    if (cv->method[pass] != DIRECT)
        return 1;
    return cv->groups == 1 && cv->dilation == 1 && cv->kh * cv->kw > 1;
}

int
seg_conv_fuses_input(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return method_fuses_input(cv, pass) &&
           method_fuses_input(cv, SEG_CONV_WEIGHTS);
}

int
seg_conv_fuses_sums(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return cv->method[pass] != DIRECT || seg_conv_direct_fuses_sums(cv, pass);
}

int
seg_conv_fuses_concat(const struct seg_conv *cv)
{
    for (int pass = 0; pass < SEG_CONV_PASSES; pass++)
        if (cv->method[pass] != WINOGRAD)
            return 0;
    return 1;
}

size_t
seg_conv_packed(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    if (pass == SEG_CONV_WEIGHTS)
        return 0;
    int method = cv->method[pass];
    return round_floats(method == WINOGRAD ? seg_conv_winograd_packed(cv, pass)
                        : method == DEPTHWISE
                            ? seg_conv_depthwise_packed(cv)
                            : seg_conv_direct_packed(cv, pass));
}

size_t
seg_conv_scratch(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int method = cv->method[pass];
    if (pass != SEG_CONV_WEIGHTS)
        return method == WINOGRAD    ? seg_conv_winograd_scratch(cv, pass)
               : method == DEPTHWISE ? seg_conv_depthwise_scratch(cv, pass)
                                     : seg_conv_direct_scratch(cv, pass);
    return method == WINOGRAD    ? seg_conv_winograd_weights_scratch(cv)
           : method == DEPTHWISE ? seg_conv_depthwise_weights_scratch(cv)
                                 : seg_conv_direct_weights_scratch(cv);
}

void
seg_conv_pack(float *packed, const float *w, const float *scale,
    const struct seg_conv *cv, enum seg_conv_pass pass)
{
    if (cv->method[pass] == WINOGRAD)
        seg_conv_winograd_pack(packed, w, scale, cv, pass);
    else if (cv->method[pass] == DEPTHWISE)
        seg_conv_depthwise_pack(packed, w, scale, cv, pass);
    else
        seg_conv_direct_pack(packed, w, scale, cv, pass);
}

static void
run(float *out, const float *in, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    enum seg_conv_pass pass, void *scratch)
{
    if (cv->method[pass] == WINOGRAD)
        seg_conv_winograd(out, in, packed, epilogue, cv, pass, scratch);
    else if (cv->method[pass] == DEPTHWISE)
        seg_conv_depthwise(out, in, packed, epilogue, cv, pass, scratch);
    else
        seg_conv_direct(out, in, packed, epilogue, cv, pass, scratch);
}

void
seg_conv_forward(float *y, const float *x, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    void *scratch)
{
    run(y, x, packed, epilogue, cv, SEG_CONV_FORWARD, scratch);
}

void
seg_conv_transposed(float *y, const float *x, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    void *scratch)
{
    run(y, x, packed, epilogue, cv, SEG_CONV_DATA, scratch);
}

void
seg_conv_backward_data(float *dx, const float *dy, const float *packed, int add,
    const struct seg_conv *cv, void *scratch)
{
    struct seg_conv_epilogue epilogue = {.residual = add ? dx : NULL};
    run(dx, dy, packed, &epilogue, cv, SEG_CONV_DATA, scratch);
}

void
seg_conv_backward_weights(float *dw, const float *x, const float *dy, int add,
    const struct seg_conv *cv, void *scratch)
{
    enum conv_method m = (enum conv_method)cv->method[SEG_CONV_WEIGHTS];
    if (m == WINOGRAD)
        seg_conv_winograd_weights(dw, x, dy, add, cv, scratch);
    else if (m == DEPTHWISE)
        seg_conv_depthwise_weights(dw, x, dy, add, cv, scratch);
    else
        seg_conv_direct_weights(dw, x, dy, add, cv, scratch);
}
