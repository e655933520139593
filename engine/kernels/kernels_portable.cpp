// Kernels for any x86-64 (SSE2), or for NEON on 64-bit ARM.
#include "engine/kernels/kernels_impl.hpp"
#include "engine/kernels/tables.hpp"

namespace infodiet::engine::kernels {

using Portable = xsimd::default_arch;

const Table<float> portable_float = Implementation<Portable, float>::table;
const Table<double> portable_double = Implementation<Portable, double>::table;

}  // namespace infodiet::engine::kernels
