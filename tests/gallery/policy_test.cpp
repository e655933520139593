// Tasks whose answers are actions: what an agent earned is compared with the best possible.
#include "tools/gallery/parts/policy.hpp"

#include <gtest/gtest.h>

#include "tools/gallery/parts/training.hpp"

namespace infodiet::gallery {
namespace {

/// A corridor with a goal at its end. With one action, to the right, any network does the best possible; with a second,
/// to stay, only one that prefers the first.
class Corridor final : public PolicyTask {
 public:
  explicit Corridor(std::uint32_t actions)
      : PolicyTask("play", {}, {.side = 5, .kinds = 1, .roles = 1, .actions = actions}) {}

 private:
  World draw(RandomStream& stream) const override {
    const auto row = static_cast<std::uint32_t>(stream.below(5)) * size.side;
    return {.content = {row + 4, some_below(cells(), 1, stream).front()},
            .state = row + static_cast<std::uint32_t>(stream.below(4))};
  }
  Outcome after(const World& world, std::uint32_t state, std::uint32_t action) const override {
    if (action > 0) return {.state = state};
    const std::uint32_t cell = beside(state, 1, 0);
    return {.state = cell, .reward = cell == world.content.front() ? 1.0 : 0.0, .ended = cell == world.content.front()};
  }
  double guess(const World&, std::uint32_t) const override { return 0; }
  std::string mark(std::size_t, std::uint32_t) const override { return {}; }
  std::string describe(std::uint32_t) const override { return {}; }
};

double share_of_best(const Corridor& corridor) {
  engine::ThreadPool pool(1);
  return accuracy(corridor, engine::initialise<float>(corridor.layout(), 1), 1, pool);
}

TEST(GalleryPolicy, CountsReturnsAsShareOfTheBest) {
  EXPECT_NEAR(share_of_best(Corridor(1)), 1, 1e-6);
  EXPECT_LT(share_of_best(Corridor(2)), 0.9) << "a network that has learned nothing stays somewhere";
}

}  // namespace
}  // namespace infodiet::gallery
