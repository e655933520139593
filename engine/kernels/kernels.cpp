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

namespace {

template <class Tables>
const Tables& choose(InstructionSet set, const Tables& portable, const Tables* avx2) {
  if (set == InstructionSet::portable) return portable;
  if (avx2 == nullptr) throw Error("this build has no kernels for that instruction set");
  return *avx2;
}

#ifdef INFODIET_KERNELS_AVX2
#define INFODIET_AVX2(table) (&(table))
#else
#define INFODIET_AVX2(table) nullptr
#endif

}  // namespace

template <>
const Table<float>& table(InstructionSet set) {
  return choose<Table<float>>(set, portable_float, INFODIET_AVX2(avx2_float));
}

template <>
const Table<double>& table(InstructionSet set) {
  return choose<Table<double>>(set, portable_double, INFODIET_AVX2(avx2_double));
}

const Int8Table& int8_table(InstructionSet set) {
  return choose<Int8Table>(set, portable_int8, INFODIET_AVX2(avx2_int8));
}

#undef INFODIET_AVX2

}  // namespace infodiet::engine::kernels
