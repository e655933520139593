// Tasks whose answers are actions: an agent among things on a grid learns by trying (Williams 1992, REINFORCE), and its
// returns are compared with the exact optimum. Worlds have few states, and an action in a state always leads to the
// same.
#pragma once

#include <numeric>

#include "tools/gallery/parts/task.hpp"

namespace infodiet::gallery {

struct World {
  std::vector<std::uint32_t> content;  ///< the cells of things
  std::uint32_t state = 0;             ///< role of the agent * cells + its cell
};

/// Where an action leads.
struct Outcome {
  std::uint32_t state = 0;
  double reward = 0;
  bool ended = false;
};

/// The actions; a task has the first few of them.
inline const std::vector<std::string> actions{"left", "right", "up", "down", "nowhere"};

class PolicyTask : public Task {
 public:
  struct Size {
    std::uint32_t side = 0;   ///< cells in a row of the grid
    std::uint32_t kinds = 0;  ///< of things: each of the first is a kind of its own, all others are the last kind
    std::uint32_t roles = 0;  ///< of the agent: its state apart from its cell
    std::uint32_t actions = 0;
  };
  PolicyTask(const std::string& name, const TaskOptions& options, const Size& sizes)
      : Task(name, options), size(sizes) {}

  void learn(Tape& tape, RandomStream& draws, std::size_t count) const final {
    Episodes episodes = play(tape, drawn(count, Part::train, draws), &draws);
    // In standard deviations from the mean.
    const auto steps = static_cast<float>(episodes.worth.size());
    const float mean = std::accumulate(episodes.worth.begin(), episodes.worth.end(), 0.0F) / steps;
    float variance = 1e-6F;
    for (const float worth : episodes.worth) variance += (worth - mean) * (worth - mean) / steps;
    for (float& worth : episodes.worth) worth = (worth - mean) / std::sqrt(variance);
    tape.begin();
    run(tape, episodes.seen, {episodes.actions, episodes.worth});
  }

  /// Returns as a share of the best possible.
  double score(Tape& tape, RandomStream& draws, std::size_t count) const final {
    const std::vector<World> worlds = drawn(count, Part::test, draws);
    const Episodes episodes = play(tape, worlds, nullptr);
    double earned = 0;
    double best = 0;
    for (std::size_t b = 0; b < count; ++b) {
      earned += episodes.returns[b];
      best += optimum(worlds[b]);
    }
    return static_cast<double>(count) * earned / best;
  }

  void illustrate(Tape& tape, RandomStream& draws, Page& page) const final {
    for (const World& world : drawn(pictured, Part::test, draws)) {
      const Episodes episodes = play(tape, {world}, nullptr);
      page.example(fmt::format("{} steps, return {:.2f}", episodes.seen.size(), episodes.returns.front()),
                   fmt::format("The best possible return is {:.2f}.", optimum(world)));
      tape.begin();
      const Answers answers = run(tape, episodes.seen, {});
      for (std::size_t step = 0; step < episodes.seen.size(); ++step) {
        const World& now = episodes.seen[step];
        std::vector<float> weights(cells());
        std::vector<std::string> marks(cells());
        const Matrix<float> looked = answers.seen[0]->attention(0, step);
        for (std::size_t thing = 0; thing < now.content.size(); ++thing) {
          weights[now.content[thing]] = looked(0, thing);
          marks[now.content[thing]] = mark(thing, now.state / cells());
        }
        marks[now.state % cells()] += "●";
        const std::vector<std::string> sides(size.side);
        page.table(fmt::format("{}. {}: {}", step + 1, describe(now.state / cells()), actions[episodes.actions[step]]),
                   sides, sides, {weights.data(), size.side, size.side}, marks);
      }
    }
  }

 protected:
  static constexpr double discount = 0.9;     // of rewards, by step
  static constexpr std::size_t longest = 20;  // steps of an episode

  virtual World draw(RandomStream& stream) const = 0;
  virtual Outcome after(const World& world, std::uint32_t state, std::uint32_t action) const = 0;
  /// The best return if nothing stood in the way.
  virtual double guess(const World& world, std::uint32_t state) const = 0;
  /// How a thing is drawn to an agent in that role.
  virtual std::string mark(std::size_t thing, std::uint32_t role) const = 0;
  virtual std::string describe(std::uint32_t role) const = 0;

  std::uint32_t cells() const { return size.side * size.side; }
  /// How far two cells are apart, across and down.
  std::array<std::uint32_t, 2> apart(std::uint32_t a, std::uint32_t b) const {
    const auto between = [](std::uint32_t x, std::uint32_t y) { return std::max(x, y) - std::min(x, y); };
    return {between(a % size.side, b % size.side), between(a / size.side, b / size.side)};
  }
  /// The cell to the right by x and down by y; `cells()` if that is beyond the walls.
  std::uint32_t beside(std::uint32_t cell, int x, int y) const {
    const int side = static_cast<int>(size.side);
    x += static_cast<int>(cell) % side;
    y += static_cast<int>(cell) / side;
    return x < 0 || y < 0 || x >= side || y >= side ? cells() : static_cast<std::uint32_t>(y * side + x);
  }
  static std::size_t thing_at(const World& world, std::uint32_t cell) {
    return static_cast<std::size_t>(std::find(world.content.begin(), world.content.end(), cell) -
                                    world.content.begin());
  }

  Size size;

 private:
  struct Episodes {
    std::vector<World> seen;  // at every step; the first are the worlds at their start
    std::vector<std::uint32_t> actions;
    std::vector<float> worth;    // of these actions
    std::vector<float> returns;  // from then on
  };

  /// The network over worlds as they are: chances of actions.
  Answers run(Tape& tape, const std::vector<World>& worlds, const Targets& targets) const {
    Sequences kind, right_by, down_by, role;
    for (const World& world : worlds) {
      const std::uint32_t cell = world.state % cells();
      std::vector<std::uint32_t> what, x, y;
      for (const std::uint32_t thing : world.content) {
        what.push_back(std::min(static_cast<std::uint32_t>(what.size()), size.kinds - 1));
        x.push_back(size.side - 1 + thing % size.side - cell % size.side);
        y.push_back(size.side - 1 + thing / size.side - cell / size.side);
      }
      kind.add(what);
      right_by.add(x);
      down_by.add(y);
      role.add(std::array{world.state / cells()});
    }
    Node& where = tape.sum(tape.lookup(across_, right_by), tape.lookup(down_, down_by));
    Node& decided = tape.translate(decider_, tape.sum(tape.lookup(kinds_, kind), where), tape.lookup(roles_, role));
    return tape.classify(decided, moves_, targets).showing({&decided});
  }

  std::vector<World> drawn(std::size_t count, Part part, RandomStream& draws) const {
    return several(count, part, draws, [this](RandomStream& stream) { return draw(stream); });
  }

  /// Plays to the end. With `draws` actions are drawn by their chances, else they are the likeliest. An action is worth
  /// how much more it brought than was guessed, of what follows less by step (Schulman et al. 2016, generalised
  /// advantages), and more if it was unlikely, so that the agent goes on trying.
  Episodes play(Tape& tape, std::vector<World> worlds, RandomStream* draws) const {
    constexpr double surprise = 0.03;
    constexpr auto foresight = static_cast<float>(0.8 * discount);
    Episodes all;
    std::vector<std::size_t> last(worlds.size());  // of each world still running, where its last step is
    std::vector<std::size_t> next;                 // of each step, where the one after it is; 0: nowhere
    for (std::size_t step = 0; step < longest && !worlds.empty(); ++step) {
      tape.begin();
      const Answers answers = run(tape, worlds, {});
      std::size_t running = 0;
      for (std::size_t b = 0; b < worlds.size(); ++b) {
        if (step > 0) next[last[b]] = all.seen.size();
        const std::vector<float>& chances = answers.chances[b];
        const std::uint32_t action = draws == nullptr ? answers.said[b].front() : any_action(chances, *draws);
        const Outcome outcome = after(worlds[b], worlds[b].state, action);
        const double ahead = outcome.ended ? 0 : discount * guess(worlds[b], outcome.state);
        last[running] = all.seen.size();
        next.push_back(0);
        all.seen.push_back(worlds[b]);
        all.actions.push_back(action);
        all.returns.push_back(static_cast<float>(outcome.reward));
        all.worth.push_back(static_cast<float>(outcome.reward + ahead - guess(worlds[b], worlds[b].state) -
                                               surprise * std::log(chances[action])));
        worlds[b].state = outcome.state;
        if (!outcome.ended) std::swap(worlds[running++], worlds[b]);
      }
      worlds.resize(running);
    }
    for (std::size_t at = all.seen.size(); at-- > 0;) {
      if (next[at] == 0) continue;
      all.returns[at] += static_cast<float>(discount) * all.returns[next[at]];
      all.worth[at] += foresight * all.worth[next[at]];
    }
    return all;
  }
  static std::uint32_t any_action(const std::vector<float>& chances, RandomStream& draws) {
    double left = draws.uniform();
    std::uint32_t action = 0;
    while (action + 1 < chances.size() && (left -= chances[action]) >= 0) ++action;
    return action;
  }

  /// By value iteration.
  double optimum(const World& world) const {
    std::vector<double> value(cells() * size.roles);
    for (std::size_t sweep = 0; sweep < longest; ++sweep) {
      std::vector<double> better(value.size());
      for (std::uint32_t state = 0; state < value.size(); ++state) {
        for (std::uint32_t action = 0; action < size.actions; ++action) {
          const Outcome outcome = after(world, state, action);
          const double then = outcome.ended ? 0 : discount * value[outcome.state];
          better[state] = std::max(better[state], outcome.reward + then);
        }
      }
      value = std::move(better);
    }
    return value[world.state];
  }

  static constexpr std::size_t narrow = 32;
  static engine::TransformerOptions small(std::size_t count) {
    return {.width = narrow, .blocks = count, .heads = 4, .ffn_width = 2 * narrow, .mask = Mask::none};
  }

  engine::ParameterHandle kinds_ = table("kinds", size.kinds, 0.5, narrow);
  engine::ParameterHandle across_ = table("across", 2 * size.side - 1, 0.5, narrow);
  engine::ParameterHandle down_ = table("down", 2 * size.side - 1, 0.5, narrow);
  // An agent that wants a thing has its vector, so that it learns for all at once to look for what is like itself.
  engine::ParameterHandle roles_ = size.roles == size.kinds ? kinds_ : table("roles", size.roles, 0.5, narrow);
  engine::EncoderDecoder<float> decider_{layout_, "decider", {.encoder = small(0), .decoder = small(1)}};
  engine::ParameterHandle moves_ = table("moves", size.actions, 0.5, narrow);
};

}  // namespace infodiet::gallery
