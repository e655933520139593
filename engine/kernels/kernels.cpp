#include "engine/kernels/kernels.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/kernels/tables.hpp"

namespace infodiet::engine::kernels {

namespace {

/// The kernels of one instruction set.
struct Build {
  InstructionSet set;
  const char* name;
  const Table<float>* of_float;
  const Table<double>* of_double;
  const Int8Table* of_int8;
  bool (*runs_here)();
};

// From the most general to the fastest.
constexpr std::array builds{
    Build{InstructionSet::portable, "portable", &portable_float, &portable_double, &portable_int8, [] { return true; }},
#ifdef INFODIET_X86_KERNELS
    Build{InstructionSet::avx2, "avx2", &avx2_float, &avx2_double, &avx2_int8,
          [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }},
    Build{InstructionSet::avx512, "avx512", &avx512_float, &avx512_double, &avx512_int8,
          [] {
            return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
          }},
#endif
};

const Build& build_for(InstructionSet set) {
  return *std::ranges::find(builds, set, &Build::set);
}

}  // namespace

const char* name_of(InstructionSet set) {
  return build_for(set).name;
}

std::span<const InstructionSet> instruction_sets() {
  static const std::vector<InstructionSet> sets = [] {
    std::vector<InstructionSet> found;
    for (const Build& build : builds) {
      if (build.runs_here()) found.push_back(build.set);
    }
    return found;
  }();
  return sets;
}

InstructionSet best_instruction_set() {
  return instruction_sets().back();
}

template <>
const Table<float>& table(InstructionSet set) {
  return *build_for(set).of_float;
}

template <>
const Table<double>& table(InstructionSet set) {
  return *build_for(set).of_double;
}

const Int8Table& int8_table(InstructionSet set) {
  return *build_for(set).of_int8;
}

}  // namespace infodiet::engine::kernels
