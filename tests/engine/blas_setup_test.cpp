#include "engine/blas_setup.hpp"

#include <gtest/gtest.h>

namespace infodiet::engine {
namespace {

TEST(BlasSetup, DoesNotTakeAModernProcessorForAPrescott) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "this machine has no AVX2, so any kernels may be right";
  EXPECT_NE(blas_kernels(), "Prescott");
#else
  EXPECT_FALSE(blas_kernels().empty());
#endif
}

}  // namespace
}  // namespace infodiet::engine
