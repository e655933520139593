// main() of the test programs: the set-up that our programs have.
#include <gtest/gtest.h>

#include "engine/blas_setup.hpp"

int main(int argc, char** argv) {
  infodiet::engine::set_up_blas();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
