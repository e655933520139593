// How OpenBLAS is made to run: on the calling thread, with kernels that fit the machine.
#pragma once

#include <string>

namespace infodiet::engine {

/// To be called at the start of main, before the first product and while no other thread multiplies: pins OpenBLAS to
/// one thread, because parallelism is over shards (engine/parallel.hpp), and corrects its choice of kernels: OpenBLAS
/// 0.3.21 takes processors newer than itself for a Prescott of 2004 and then runs several times slower (OpenBLAS issue
/// 4267). A choice made by the user with OPENBLAS_CORETYPE stands. It changes how the whole process multiplies, which
/// is why the library does not do it by itself; without it the engine works, but neither its speed nor that the same
/// seed gives the same bits is promised.
void set_up_blas();

/// Sees to it that the calling thread can multiply: OpenBLAS maps memory for every thread that does, and where there is
/// none it tries again for ever. Throws MemoryError instead. gemm calls it.
void reserve_blas_memory();

/// The name of the kernels OpenBLAS uses, for example "SkylakeX".
std::string blas_kernels();

}  // namespace infodiet::engine
