// Reaching a goal past obstacles with inertia: actions change the speed, the speed changes the place (the racetrack of
// Barto, Bradtke & Singh 1995 in miniature). The agent attends to the goal, wherever it is, and to what is in its way.
#include "tools/gallery/parts/policy.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

constexpr std::size_t obstacles = 6;
constexpr std::uint32_t standing = 4;  // of the roles
constexpr int pushes[][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {0, 0}};

/// Things are the goal, then obstacles. The agent's role is its speed: across and down by -1, 0 or 1 a step.
class Control final : public PolicyTask {
 public:
  Control() : PolicyTask("control", {.steps = 700}, {.side = 7, .kinds = 2, .roles = 9, .actions = 5}) {}

  World draw(RandomStream& stream) const override {
    World world{.content = some_below(cells(), obstacles + 2, stream)};
    world.state = standing * cells() + world.content.back();
    world.content.pop_back();
    return world;
  }

  /// Walls and obstacles stop the agent.
  Outcome after(const World& world, std::uint32_t state, std::uint32_t action) const override {
    const int role = static_cast<int>(state / cells());
    const int right = std::clamp(role % 3 - 1 + pushes[action][0], -1, 1);
    const int below = std::clamp(role / 3 - 1 + pushes[action][1], -1, 1);
    const std::uint32_t cell = beside(state % cells(), right, below);
    const std::size_t thing = cell == cells() ? obstacles : thing_at(world, cell);
    if (thing == 0) return {.reward = 1, .ended = true};
    if (thing <= obstacles) return {.state = standing * cells() + state % cells()};
    return {.state = static_cast<std::uint32_t>(3 * (below + 1) + right + 1) * cells() + cell};
  }

  double guess(const World& world, std::uint32_t state) const override {
    const auto [x, y] = apart(state % cells(), world.content.front());
    return std::pow(discount, std::max(x, y) - 1.0);
  }

  std::string mark(std::size_t thing, std::uint32_t) const override { return thing == 0 ? "◎" : "■"; }
  std::string describe(std::uint32_t role) const override {
    const std::string sideways = role % 3 == 0 ? " left" : role % 3 == 2 ? " right" : "";
    const std::string upright = role / 3 == 0 ? " up" : role / 3 == 2 ? " down" : "";
    return role == standing ? "Stands" : "Moves" + sideways + upright;
  }
};

const MakeTask make_control = make<Control>;

}  // namespace infodiet::gallery
