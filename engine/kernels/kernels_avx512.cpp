// Kernels for x86-64 with AVX-512 (F, CD, DQ, BW); this file alone is compiled for them.
#include "engine/kernels/dropout_avx512.hpp"
#include "engine/kernels/int8_avx2.hpp"
#include "engine/kernels/lanes_avx512.hpp"
#include "engine/kernels/philox_avx512.hpp"
#include "engine/kernels/table_of.hpp"
#include "engine/kernels/tables.hpp"
#include "engine/kernels/transpose_avx2.hpp"

namespace infodiet::engine::kernels {

constinit const Table<float> avx512_float = table_of<Avx512, float>();
constinit const Table<double> avx512_double = table_of<Avx512, double>();
constinit const Int8Table avx512_int8 = int8_table_of<Avx512>();

}  // namespace infodiet::engine::kernels
