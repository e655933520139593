// Generated examples, split into training and test.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/random.hpp"

namespace infodiet::gallery {

/// The use of an example. About one in five belongs to the test, decided only by its content, so training never sees a
/// test example.
enum class Part { train, test };

/// Whether an example with this content belongs to the test.
inline bool is_test(std::span<const std::uint32_t> content) {
  // One round of SplitMix64 (Steele, Lea & Flood 2014) for each number.
  std::uint64_t hash = 0;
  for (const std::uint32_t number : content) {
    hash += 0x9e3779b97f4a7c15 + number;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
    hash ^= hash >> 31;
  }
  return hash % 5 == 0;
}

/// Calls `draw(stream)`, which returns something with `content`, until the example belongs to the part.
template <class Draw>
auto draw_for(Part part, engine::RandomStream& stream, Draw draw) {
  while (true) {
    auto example = draw(stream);
    if (is_test(example.content) == (part == Part::test)) return example;
  }
}

/// One of `values`, uniformly.
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

}  // namespace infodiet::gallery
