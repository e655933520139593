// The library changes nothing in a program that only links it, until set_up_blas() is called. This main does not call
// it.
#include <gtest/gtest.h>

#include "engine/blas_setup.hpp"
#include "engine/gemm.hpp"
#include "tests/support/tensors.hpp"

extern "C" {
int openblas_get_num_threads();
int openblas_get_num_procs();
}

namespace infodiet::engine {
namespace {

void multiply() {
  const auto a = test::random_matrix<float>(70, 60, 1);
  const auto b = test::random_matrix<float>(60, 50, 2);
  Matrix<float> product;
  product.resize({70, 50});
  gemm<float>(plain<float>(a), plain<float>(b), product);
}

TEST(HostProgram, KeepsItsThreadsOfOpenBlasUntilItAsks) {
  const int threads = openblas_get_num_threads();
  multiply();
  EXPECT_EQ(openblas_get_num_threads(), threads);
  if (std::getenv("OPENBLAS_NUM_THREADS") == nullptr && std::getenv("OMP_NUM_THREADS") == nullptr) {
    EXPECT_EQ(threads, openblas_get_num_procs());
  }
  set_up_blas();
  EXPECT_EQ(openblas_get_num_threads(), 1);
  multiply();
}

}  // namespace
}  // namespace infodiet::engine
