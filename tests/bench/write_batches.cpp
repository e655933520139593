// Writes the peers' batches as .npy files for torch_peer.py: <folder>/<data>_<inputs, positives or negatives>.npy, each
// (batches, sequences, length) numbers of items.
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

#include "engine/io/npy.hpp"
#include "tests/bench/padded_batches.hpp"

namespace infodiet::bench {
namespace {

void write(const std::filesystem::path& folder, const std::string& data, const PeerShape& shape) {
  constexpr std::size_t count = 8;
  const std::vector<PaddedBatch> batches = padded_batches(shape, count);
  const auto write_one = [&](const char* name, std::vector<std::int64_t> PaddedBatch::*matrix) {
    std::vector<float> all;
    for (const PaddedBatch& batch : batches) all.insert(all.end(), (batch.*matrix).begin(), (batch.*matrix).end());
    const std::array<std::size_t, 3> sizes{count, peer_batch, shape.length};
    engine::write_npy<float>(folder / (data + "_" + name + ".npy"), sizes, all);
  };
  write_one("inputs", &PaddedBatch::inputs);
  write_one("positives", &PaddedBatch::positives);
  write_one("negatives", &PaddedBatch::negatives);
}

}  // namespace
}  // namespace infodiet::bench

int main(int argc, char** argv) {
  using namespace infodiet::bench;
  if (argc != 2) {
    std::fputs("usage: write_batches <folder>\n", stderr);
    return 2;
  }
  try {
    write(argv[1], "ml_1m", peer_ml_1m);
    write(argv[1], "beauty", peer_beauty);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "write_batches: %s\n", error.what());
    return 1;
  }
}
