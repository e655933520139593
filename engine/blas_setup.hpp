// Sets up OpenBLAS: one thread, and kernels that fit the machine.
#pragma once

#include <cstddef>
#include <string>

namespace infodiet::engine {

/// Call it at the start of main, before the first product and while no other thread multiplies: pins OpenBLAS to one
/// thread, because parallelism is over shards (engine/parallel.hpp), and corrects its choice of kernels: OpenBLAS
/// 0.3.21 takes processors newer than itself for a Prescott of 2004 and then runs several times slower (OpenBLAS issue
/// 4267). A choice made by the user with OPENBLAS_CORETYPE is kept. It changes how the whole process multiplies, so the
/// library does not call it by itself. Without it the engine works, but neither its speed nor the same bits for the
/// same seed are promised.
void set_up_blas();

/// Makes sure that the calling thread can multiply: OpenBLAS maps memory for every thread that does, and retries
/// forever if there is none. Throws MemoryError instead. gemm calls it.
void reserve_blas_memory();

/// The same ahead of time for so many threads that will multiply at once, the calling one among them. Returns for how
/// many there is memory. Called before they start, no other thread can take the memory while OpenBLAS maps it.
std::size_t reserve_blas_memory(std::size_t threads);

/// The name of the kernels OpenBLAS uses, for example "SkylakeX".
std::string blas_kernels();

}  // namespace infodiet::engine
