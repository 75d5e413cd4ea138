/* Winograd kernels, compiled once for every CPU level. */
#include "lib/kernel/conv/conv_kernel.h"
#include "lib/kernel/fused_vec.h"
#include "lib/simd/cpu.h"

#include "lib/kernel/conv/conv_transform.inc"

const struct conv_kernels SEG_LEVEL(seg_conv_kernels) = {
    .mm = &SEG_LEVEL(seg_brgemm_kernels),
    .depthwise = &SEG_LEVEL(seg_depthwise_kernels),
    .input_tile = input_tile,
    .gradient_tile = gradient_tile,
    .output_tile = output_tile,
    .end_output = v_stream_end,
    .weight_tile = weight_tile,
    .weight_gradient_tile = weight_gradient_tile,
};
