// The kernel tables, one pair for each instruction set this build has. Only kernels.cpp chooses among them.
#pragma once

#include "engine/kernels/kernels.hpp"

namespace infodiet::engine::kernels {

extern const Table<float> portable_float;
extern const Table<double> portable_double;
extern const Int8Table portable_int8;
#ifdef INFODIET_X86_KERNELS
extern const Table<float> avx2_float;
extern const Table<double> avx2_double;
extern const Int8Table avx2_int8;
extern const Table<float> avx512_float;
extern const Table<double> avx512_double;
extern const Int8Table avx512_int8;
#endif

}  // namespace infodiet::engine::kernels
