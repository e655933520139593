// One reader of the sample world: what they read next, given what they have read. When they read is in
// sample_world.cpp. A plain value: copy it to try out continuations.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/random.hpp"
#include "rl/sample/sample_catalogue.hpp"

namespace infodiet::rl {

/// One reader.
class SampleReader {
 public:
  /// Draws a reader's tastes. `catalogue` must outlive the reader.
  SampleReader(const SampleCatalogue& catalogue, engine::RandomStream& stream);

  /// Draws the next article (index), one not read before. At most a quarter of the catalogue may have been read.
  std::uint32_t choose(engine::RandomStream& stream) const;

  /// Records that `article` was read; `stream` decides whether its story is dropped.
  void read(std::uint32_t article, engine::RandomStream& stream);

 private:
  struct OpenStory {
    std::uint32_t story;
    std::uint32_t next_part;
    std::uint32_t waited;  // articles read since its last part
  };

  std::uint32_t draw_topic(engine::RandomStream& stream) const;
  bool may_enter(std::uint32_t article) const;

  const SampleCatalogue* catalogue_;
  std::array<std::uint32_t, sample_topics> tastes_{};
  std::vector<OpenStory> open_stories_;  // the one that has waited longest first
  std::vector<std::uint32_t> read_;
};

}  // namespace infodiet::rl
