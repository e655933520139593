// Kernels for any x86-64 (SSE2), or for NEON on 64-bit ARM.
#include "engine/kernels/table_of.hpp"
#include "engine/kernels/tables.hpp"

namespace infodiet::engine::kernels {

using Portable = xsimd::default_arch;

constinit const Table<float> portable_float = table_of<Portable, float>();
constinit const Table<double> portable_double = table_of<Portable, double>();
constinit const Int8Table portable_int8 = int8_table_of<Portable>();

}  // namespace infodiet::engine::kernels
