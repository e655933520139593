// How OpenBLAS is made to run: on the calling thread, with kernels that fit the machine.
#pragma once

#include <string>

namespace infodiet::engine {

/// Pins OpenBLAS to one thread, because parallelism is over shards (engine/parallel.hpp), and corrects its choice of
/// kernels: OpenBLAS 0.3.21 takes processors newer than itself for a Prescott of 2004 and then runs several times
/// slower (OpenBLAS issue 4267). A choice made by the user with OPENBLAS_CORETYPE stands. engine/gemm.cpp calls it
/// before main.
void set_up_blas();

/// The name of the kernels OpenBLAS uses, for example "SkylakeX".
std::string blas_kernels();

}  // namespace infodiet::engine
