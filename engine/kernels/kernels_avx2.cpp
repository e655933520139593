// Kernels for x86-64 with AVX2 and FMA; this file alone is compiled for them.
#include "engine/kernels/kernels_impl.hpp"
#include "engine/kernels/tables.hpp"

namespace infodiet::engine::kernels {

using Avx2 = xsimd::fma3<xsimd::avx2>;

const Table<float> avx2_float = Implementation<Avx2, float>::table;
const Table<double> avx2_double = Implementation<Avx2, double>::table;

}  // namespace infodiet::engine::kernels
