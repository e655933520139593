#include "tests/fuzz/targets.hpp"

#include <array>

namespace infodiet::test {

std::span<const NamedFuzzTarget> fuzz_targets() {
  static constexpr std::array targets{
      NamedFuzzTarget{"import", fuzz_import},           NamedFuzzTarget{"database", fuzz_database},
      NamedFuzzTarget{"safetensors", fuzz_safetensors}, NamedFuzzTarget{"npy", fuzz_npy},
      NamedFuzzTarget{"settings", fuzz_settings},       NamedFuzzTarget{"command_line", fuzz_command_line},
      NamedFuzzTarget{"request", fuzz_request}};
  return targets;
}

}  // namespace infodiet::test
