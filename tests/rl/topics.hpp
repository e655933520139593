// Topics of items, and an item that has nothing else.
#pragma once

#include <array>
#include <span>

#include "rl/environment.hpp"

namespace infodiet::test {

inline constexpr std::array<rl::Topic, 1> topic_0{0};
inline constexpr std::array<rl::Topic, 1> topic_1{1};
inline constexpr std::array<rl::Topic, 1> topic_2{2};
inline constexpr std::array<rl::Topic, 1> topic_3{3};
inline constexpr std::array<rl::Topic, 2> topics_0_and_1{0, 1};

inline rl::Candidate about(std::span<const rl::Topic> topics) {
  rl::Candidate item;
  item.topics = topics;
  return item;
}

}  // namespace infodiet::test
