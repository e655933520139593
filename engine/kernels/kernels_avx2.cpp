// Kernels for x86-64 with AVX2 and FMA; this file alone is compiled for them.
#include "engine/kernels/dropout_avx2.hpp"
#include "engine/kernels/int8_avx2.hpp"
#include "engine/kernels/lanes_avx2.hpp"
#include "engine/kernels/philox_avx2.hpp"
#include "engine/kernels/table_of.hpp"
#include "engine/kernels/tables.hpp"
#include "engine/kernels/transpose_avx2.hpp"

namespace infodiet::engine::kernels {

constinit const Table<float> avx2_float = table_of<Avx2, float>();
constinit const Table<double> avx2_double = table_of<Avx2, double>();
constinit const Int8Table avx2_int8 = int8_table_of<Avx2>();

}  // namespace infodiet::engine::kernels
