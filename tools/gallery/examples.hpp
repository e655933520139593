// Generated examples: drawing them, keeping those for the test apart, and packing them end to end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/ragged.hpp"
#include "engine/random.hpp"

namespace infodiet::gallery {

/// What an example is drawn for. About one in five belongs to the test, decided by what it holds alone, so that no test
/// example was ever seen in training.
enum class Part { train, test };

/// Whether an example that these numbers make up belongs to the test.
bool is_test(std::span<const std::uint32_t> content);

/// Draws with `draw(stream)`, which gives something with `content`, until the example belongs to the part.
template <class Draw>
auto draw_for(Part part, engine::RandomStream& stream, Draw draw) {
  while (true) {
    auto example = draw(stream);
    if (is_test(example.content) == (part == Part::test)) return example;
  }
}

/// One of `values`, each as likely as the others.
template <class Values>
const auto& any_of(const Values& values, engine::RandomStream& stream) {
  return values[stream.below(std::size(values))];
}

inline bool happens(double probability, engine::RandomStream& stream) {
  return stream.uniform() < probability;
}

/// The first `count` of `values` in random order.
template <class T>
std::vector<T> some_of(std::vector<T> values, std::size_t count, engine::RandomStream& stream) {
  engine::shuffle(std::span<T>(values), stream);
  values.resize(std::min(count, values.size()));
  return values;
}

/// Token numbers of a ragged batch.
struct Sequences {
  std::vector<std::uint32_t> tokens;       ///< (T)
  std::vector<std::size_t> offsets = {0};  ///< (B + 1)

  void clear() {
    tokens.clear();
    offsets = {0};
  }
  void add(std::span<const std::uint32_t> sequence) {
    tokens.insert(tokens.end(), sequence.begin(), sequence.end());
    offsets.push_back(tokens.size());
  }
  engine::Ragged ragged() const { return engine::Ragged(offsets); }
};

}  // namespace infodiet::gallery
