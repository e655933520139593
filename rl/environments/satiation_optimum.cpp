#include "rl/environments/satiation_optimum.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "rl/session.hpp"

namespace infodiet::rl {

namespace {

/// A slate as a set: bit i is item i.
using ItemSet = std::uint8_t;
static_assert(Satiation::items <= 8 * sizeof(ItemSet));

std::vector<ItemSet> slates_of(std::size_t size) {
  std::vector<ItemSet> slates;
  for (unsigned set = 0; set < 1U << Satiation::items; ++set) {
    if (static_cast<std::size_t>(std::popcount(set)) == size) slates.push_back(static_cast<ItemSet>(set));
  }
  return slates;
}

bool holds(ItemSet slate, std::size_t item) {
  return (slate >> item & 1) != 0;
}

class SatiationProgram {
 public:
  explicit SatiationProgram(const Satiation& environment)
      : environment_(environment), slates_(slates_of(environment.options().slate)), weights_(environment.states()) {
    for (std::uint32_t m = 0; m < environment.states(); ++m) {
      const Satiation::Utilities utilities = environment.utilities({m});
      weights_[m][0] = std::exp(utilities.nothing);
      for (std::size_t item = 0; item < Satiation::items; ++item)
        weights_[m][item + 1] = std::exp(utilities.item[item]);
    }
  }

  std::span<const ItemSet> slates() const { return slates_; }

  /// Backward over the steps: `value_of(state, slate_values)` gives a state's value from those of its slates, in the
  /// order of `slates()`. Returns the value of the empty memory.
  template <class ValueOf>
  double evaluate(const ValueOf& value_of) const {
    std::vector<double> after(environment_.states(), 0.0);
    std::vector<double> values(environment_.states());
    std::vector<double> slate_values(slates_.size());
    for (std::size_t t = environment_.options().steps; t-- > 0;) {
      for (std::uint32_t m = 0; m < environment_.states(); ++m) {
        value_slates(m, after, slate_values);
        values[m] = value_of(t, m, slate_values);
      }
      after.swap(values);
    }
    return after[0];
  }

 private:
  void value_slates(std::uint32_t m, std::span<const double> after, std::span<double> slate_values) const {
    const auto& weights = weights_[m];
    std::array<double, Satiation::outcomes> worth;  // weight times continuation value, for each outcome
    for (std::uint32_t o = 0; o < Satiation::outcomes; ++o) {
      worth[o] = weights[o] * ((o == 0 ? 0 : 1) + after[environment_.after({m}, o).memory]);
    }
    for (std::size_t k = 0; k < slates_.size(); ++k) {
      double total = weights[0];
      double sum = worth[0];
      for (std::size_t item = 0; item < Satiation::items; ++item) {
        if (!holds(slates_[k], item)) continue;
        total += weights[item + 1];
        sum += worth[item + 1];
      }
      slate_values[k] = sum / total;
    }
  }

  const Satiation& environment_;
  std::vector<ItemSet> slates_;
  std::vector<std::array<double, Satiation::outcomes>> weights_;  ///< (states) exp of utility for each outcome
};

/// The slate with the highest utilities, which the greedy policy shows.
ItemSet greedy_item_set(const Satiation& environment, std::uint32_t memory) {
  std::array<Position, Satiation::items> order{};
  const std::span<Position> slate = std::span(order).first(environment.options().slate);
  highest(environment.utilities({memory}).item, slate);
  unsigned set = 0;
  for (const Position item : slate) set |= 1U << item;
  return static_cast<ItemSet>(set);
}

class SatiationOptimum final : public Policy {
 public:
  SatiationOptimum(std::vector<std::vector<ItemSet>> best) : best_(std::move(best)) {}

  std::string name() const override { return "optimum"; }

  void choose(const SessionBatch& batch, engine::MatrixSpan<Position> slates) const override {
    const auto& sessions = sessions_of<Satiation>(batch, name());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const ItemSet slate = best_.at(batch.steps_taken()).at(sessions.state(i).memory);
      Position* shown = slates.row(i);
      for (std::size_t item = 0; item < Satiation::items; ++item) {
        if (holds(slate, item)) *shown++ = static_cast<Position>(item);
      }
    }
  }

 private:
  std::vector<std::vector<ItemSet>> best_;  ///< (steps, states)
};

}  // namespace

Optimum solve_satiation(const Satiation& environment) {
  const SatiationProgram program(environment);
  const std::span<const ItemSet> slates = program.slates();
  std::vector<std::vector<ItemSet>> best(environment.options().steps, std::vector<ItemSet>(environment.states()));
  std::vector<std::size_t> greedy(environment.states());
  for (std::uint32_t m = 0; m < environment.states(); ++m) {
    greedy[m] = static_cast<std::size_t>(std::find(slates.begin(), slates.end(), greedy_item_set(environment, m)) -
                                         slates.begin());
  }

  Optimum optimum;
  optimum.value = program.evaluate([&](std::size_t t, std::uint32_t m, std::span<const double> values) {
    const auto highest_value = std::max_element(values.begin(), values.end());
    best[t][m] = slates[static_cast<std::size_t>(highest_value - values.begin())];
    return *highest_value;
  });
  optimum.greedy =
      program.evaluate([&](std::size_t, std::uint32_t m, std::span<const double> values) { return values[greedy[m]]; });
  optimum.random = program.evaluate([](std::size_t, std::uint32_t, std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  });
  optimum.policy = std::make_shared<SatiationOptimum>(std::move(best));
  return optimum;
}

}  // namespace infodiet::rl
