#include "tools/gallery/examples.hpp"

namespace infodiet::gallery {

bool is_test(std::span<const std::uint32_t> content) {
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

}  // namespace infodiet::gallery
