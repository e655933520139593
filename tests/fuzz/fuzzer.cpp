// libFuzzer's entry, for the target that FUZZ_TARGET names.
#include <cstddef>
#include <cstdint>

#include "engine/errors.hpp"
#include "tests/fuzz/targets.hpp"

// libFuzzer calls this name. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    infodiet::test::FUZZ_TARGET({static_cast<const char*>(static_cast<const void*>(data)), size});
  } catch (const infodiet::Error&) {  // targets may refuse their input
  }
  return 0;
}
