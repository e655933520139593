// The x86 instruction sets that kernels are compiled for, as xsimd names them.
#pragma once

#include <type_traits>
#include <xsimd/xsimd.hpp>

namespace infodiet::engine::kernels {

using Avx2 = xsimd::fma3<xsimd::avx2>;
using Avx512 = xsimd::avx512bw;

/// Sets whose kernels may use AVX2 instructions. Such a kernel is a template on the set, so that each has its own copy.
template <class Arch>
concept WithAvx2 = std::is_same_v<Arch, Avx2> || std::is_same_v<Arch, Avx512>;

}  // namespace infodiet::engine::kernels
