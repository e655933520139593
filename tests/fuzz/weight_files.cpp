#include <array>
#include <vector>

#include "engine/io/npy.hpp"
#include "engine/io/safetensors.hpp"
#include "tests/fuzz/file_of.hpp"
#include "tests/fuzz/targets.hpp"

namespace infodiet::test {

void fuzz_safetensors(std::string_view bytes) {
  const engine::SafetensorsFile file(file_of(bytes, "weights.safetensors"));
  for (const engine::SafetensorsFile::Entry& entry : file.entries()) {
    if (entry.dtype != "F32") continue;
    std::vector<float> values((entry.end - entry.begin) / sizeof(float));
    const std::array<engine::NamedTensor<float>, 1> into{{{entry.name, entry.shape, values}}};
    file.read<float>(into);
  }
}

void fuzz_npy(std::string_view bytes) {
  engine::read_npy_converted<float>(file_of(bytes, "array.npy"));
}

}  // namespace infodiet::test
