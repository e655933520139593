// Generated examples, split into training and test.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "engine/random.hpp"

namespace infodiet::gallery {

/// What a task draws; most need only the first two.
struct Example {
  std::vector<std::uint32_t> content{};  ///< decides whether the example belongs to the test
  std::vector<std::uint32_t> answer{};
  std::vector<std::uint32_t> tokens{};  ///< what the network reads if that is not the content
  std::vector<float> numbers{};         ///< what it sees or hears: pixels, bands of sound
};
using Examples = std::vector<Example>;

/// The use of an example. About one in five belongs to the test, decided only by its content, so training never sees a
/// test example.
enum class Part { train, test };

/// Whether an example with this content belongs to the test.
inline bool is_test(std::span<const std::uint32_t> content) {
  std::uint64_t hash = 0;
  for (const std::uint32_t n : content) hash = engine::RandomStream(hash, engine::Purpose::examples, n).next_u64();
  return hash % 5 == 0;
}

/// As many examples of the part as asked for: calls `draw(stream)`, which returns something with `content`, and keeps
/// those that belong to it.
template <class Draw>
auto several(std::size_t count, Part part, engine::RandomStream& stream, Draw draw) {
  std::vector<decltype(draw(stream))> examples;
  while (examples.size() < count) {
    auto example = draw(stream);
    if (is_test(example.content) == (part == Part::test)) examples.push_back(std::move(example));
  }
  return examples;
}

/// One of `values`, uniformly.
template <class Values>
const auto& any_of(const Values& values, engine::RandomStream& stream) {
  return values[stream.below(std::size(values))];
}

/// An integer from `first` to before `end`, uniformly.
inline std::uint32_t between(std::uint32_t first, std::uint32_t end, engine::RandomStream& stream) {
  return first + static_cast<std::uint32_t>(stream.below(end - first));
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

/// `count` different numbers under `end`.
inline std::vector<std::uint32_t> some_below(std::uint32_t end, std::size_t count, engine::RandomStream& stream) {
  std::vector<std::uint32_t> all(end);
  std::iota(all.begin(), all.end(), 0U);
  return some_of(all, count, stream);
}

}  // namespace infodiet::gallery
