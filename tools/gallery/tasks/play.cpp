// Key and door: an agent takes the key of its colour to the door of its colour. Which of the things on the grid it
// should go to follows from what it wants, so it attends to them (Zambaldi et al. 2019, relational reinforcement
// learning, in miniature).
#include "tools/gallery/parts/policy.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

const std::vector<std::string> colours{"red", "blue", "green"};
const auto keys = static_cast<std::uint32_t>(colours.size());
constexpr int steps[][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};

/// Things are the keys, then the doors. The agent's role is the thing that it wants.
class Playing final : public PolicyTask {
 public:
  Playing() : PolicyTask("play", {.steps = 1000}, {.side = 5, .kinds = 2 * keys, .roles = 2 * keys, .actions = 4}) {}

  World draw(RandomStream& stream) const override {
    World world{.content = some_below(cells(), 2 * keys + 1, stream)};
    world.state = between(0, keys, stream) * cells() + world.content.back();
    world.content.pop_back();
    return world;
  }

  /// Walls and things that are not wanted stop the agent, and it costs to run into them.
  Outcome after(const World& world, std::uint32_t state, std::uint32_t action) const override {
    const std::uint32_t wanted = state / cells();
    const std::uint32_t cell = beside(state % cells(), steps[action][0], steps[action][1]);
    if (cell == cells()) return {.state = state, .reward = -0.1};
    const std::size_t thing = thing_at(world, cell);
    if (thing == wanted && wanted >= keys) return {.reward = 1, .ended = true};
    if (thing == wanted) return {.state = (wanted + keys) * cells() + cell, .reward = 1};
    // The key that the agent has taken is in nobody's way.
    const bool free = thing == world.content.size() || thing + keys == wanted;
    if (!free) return {.state = state, .reward = -0.1};
    return {.state = wanted * cells() + cell};
  }

  double guess(const World& world, std::uint32_t state) const override {
    const std::uint32_t wanted = state / cells();
    const auto walk = [&](std::uint32_t from, std::uint32_t thing) {
      const auto [x, y] = apart(from, world.content[thing]);
      return std::pow(discount, x + y);
    };
    const double there = walk(state % cells(), wanted) / discount;
    return wanted >= keys ? there : there * (1 + walk(world.content[wanted], wanted + keys));
  }

  std::string mark(std::size_t thing, std::uint32_t role) const override {
    const bool taken = thing + keys == role;
    return taken ? "" : colours[thing % keys].substr(0, 1) + (thing < keys ? "⚷" : "∩");
  }
  std::string describe(std::uint32_t role) const override {
    return fmt::format("Wants the {} {}", colours[role % keys], role < keys ? "key" : "door");
  }
};

const MakeTask make_play = make<Playing>;

}  // namespace infodiet::gallery
