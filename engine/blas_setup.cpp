#include "engine/blas_setup.hpp"

#include <cstdlib>

// Declared here because OpenBLAS's own cblas.h clashes with the one inside xtensor-blas. The dynamic functions exist
// only where OpenBLAS chooses its kernels at run time.
extern "C" {
void openblas_set_num_threads(int threads);
char* openblas_get_corename();
[[gnu::weak]] void gotoblas_dynamic_init();
[[gnu::weak]] void gotoblas_dynamic_quit();
}

namespace infodiet::engine {

namespace {

constexpr auto choice_variable = "OPENBLAS_CORETYPE";

// The best kernels that this machine can run, or nothing where the fallback is right.
const char* fitting_kernels() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    return "SkylakeX";
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
#endif
  return nullptr;
}

}  // namespace

void set_up_blas() {
  const char* kernels = fitting_kernels();
  const bool can_choose = gotoblas_dynamic_init != nullptr && gotoblas_dynamic_quit != nullptr;
  if (kernels != nullptr && can_choose && blas_kernels() == "Prescott" && std::getenv(choice_variable) == nullptr) {
    setenv(choice_variable, kernels, 1);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    unsetenv(choice_variable);
  }
  openblas_set_num_threads(1);
}

std::string blas_kernels() {
  return openblas_get_corename();
}

}  // namespace infodiet::engine
