#include "engine/paged_memory.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "engine/random.hpp"

namespace infodiet::engine {
namespace {

// Allocates and frees buffers of all sizes, each filled with its own value.
void use_buffers(std::uint32_t seed) {
  RandomStream dice(seed, Purpose::test);
  std::vector<std::vector<int, PagedAllocator<int>>> buffers(40);
  std::vector<int> numbers(buffers.size());
  for (int round = 0; round < 2000; ++round) {
    const std::size_t which = dice.below(buffers.size());
    for (const int number : buffers[which]) ASSERT_EQ(number, numbers[which]);
    numbers[which] = round * 8 + static_cast<int>(seed);
    buffers[which] = {};
    buffers[which].resize(dice.below(dice.below(20) == 0 ? 400'000 : 20'000));
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(buffers[which].data()) % 64, 0U);
    for (int& number : buffers[which]) number = numbers[which];
  }
}

TEST(PagedMemory, IsOneBuffersAtATime) {
  std::vector<std::thread> threads;
  for (std::uint32_t seed = 0; seed < 4; ++seed) threads.emplace_back([seed] { use_buffers(seed); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace infodiet::engine
