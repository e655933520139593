#include "engine/kernels/kernels.hpp"

#include "engine/errors.hpp"
#include "engine/kernels/tables.hpp"

namespace infodiet::engine::kernels {

InstructionSet best_instruction_set() {
#ifdef INFODIET_KERNELS_AVX2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::avx2;
#endif
  return InstructionSet::portable;
}

template <>
const Table<float>& table(InstructionSet set) {
#ifdef INFODIET_KERNELS_AVX2
  if (set == InstructionSet::avx2) return avx2_float;
#endif
  if (set != InstructionSet::portable) throw Error("this build has no kernels for that instruction set");
  return portable_float;
}

template <>
const Table<double>& table(InstructionSet set) {
#ifdef INFODIET_KERNELS_AVX2
  if (set == InstructionSet::avx2) return avx2_double;
#endif
  if (set != InstructionSet::portable) throw Error("this build has no kernels for that instruction set");
  return portable_double;
}

}  // namespace infodiet::engine::kernels
