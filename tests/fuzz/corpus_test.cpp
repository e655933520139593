// The corpus of every fuzz target and changed copies of it, without libFuzzer, so that bugs found once stay fixed. The
// environment variable INFODIET_ATTACK makes it longer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "recsys/store/schema.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/old_file.hpp"
#include "tests/support/read_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::test {
namespace {

std::vector<std::string> corpus_of(std::string_view target) {
  std::vector<std::string> corpus;
  if (target == "database") {
    const TemporaryFolder folder;
    for (int version = 1; version < recsys::schema_version; ++version) {
      const std::string path = folder.file(std::to_string(version));
      make_old_file(path, version);
      corpus.push_back(read_file(path));
    }
  }
  const std::filesystem::path folder = std::filesystem::path(INFODIET_CORPUS) / target;
  if (!std::filesystem::exists(folder)) return corpus;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) corpus.push_back(read_file(entry.path()));
  return corpus;
}

std::string changed(std::string bytes, engine::RandomStream& stream) {
  for (std::uint64_t changes = 1 + stream.below(4); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = stream.below(bytes.size());
    const std::size_t count = std::min<std::size_t>(1 + stream.below(16), bytes.size() - at);
    switch (stream.below(4)) {
      case 0:
        bytes[at] = static_cast<char>(stream.below(256));
        break;
      case 1:
        bytes.erase(at, count);
        break;
      case 2:
        bytes.insert(stream.below(bytes.size()), bytes.substr(at, count));
        break;
      default:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << stream.below(8)));
    }
  }
  return bytes;
}

class FuzzCorpus : public testing::TestWithParam<NamedFuzzTarget> {
 protected:
  static void feed(const std::string& bytes) {
    try {
      GetParam().run(bytes);
    } catch (const Error& error) {
      EXPECT_GT(std::string(error.what()).size(), 5U);
    }
  }
};

TEST_P(FuzzCorpus, IsReadOrRefused) {
  const std::vector<std::string> corpus = corpus_of(GetParam().name);
  ASSERT_FALSE(corpus.empty());
  const std::uint64_t copies = std::getenv("INFODIET_ATTACK") != nullptr ? 5000 : 20;
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    feed(corpus[i]);
    for (std::uint64_t seed = 0; seed < copies; ++seed) {
      SCOPED_TRACE("file " + std::to_string(i) + ", seed " + std::to_string(seed));
      engine::RandomStream stream(seed, engine::Purpose::test, static_cast<std::uint32_t>(i));
      feed(changed(corpus[i], stream));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus, testing::ValuesIn(fuzz_targets().begin(), fuzz_targets().end()),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace infodiet::test
