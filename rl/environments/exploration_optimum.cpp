#include "rl/environments/exploration_optimum.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <utility>
#include <vector>

#include "rl/session.hpp"

namespace infodiet::rl {

namespace {

using ItemValues = std::array<double, Exploration::items>;

/// All evidence that `steps` steps can reach, as cells of a square table.
class EvidenceTable {
 public:
  explicit EvidenceTable(std::size_t steps) : reach_(static_cast<std::ptrdiff_t>(steps)) {}

  std::size_t size() const { return side() * side(); }
  std::size_t index(Exploration::Evidence e) const { return row_of(e.clicks) * side() + row_of(e.passes); }
  /// Calls `visit` for all evidence that t steps can reach.
  template <class Visit>
  void visit_reachable(std::size_t t, const Visit& visit) const {
    const int most = static_cast<int>(t);
    for (int clicks = -most; clicks <= most; ++clicks) {
      const int left = most - std::abs(clicks);
      for (int passes = -left; passes <= left; ++passes) visit(Exploration::Evidence{clicks, passes});
    }
  }

 private:
  std::size_t row_of(std::ptrdiff_t count) const { return static_cast<std::size_t>(count + reach_); }
  std::size_t side() const { return row_of(reach_) + 1; }

  std::ptrdiff_t reach_;
};

/// Backward over the steps: `value_of(t, evidence, item_values)` gives a state's value from those of its items.
template <class ValueOf>
double evaluate(const Exploration& environment, const EvidenceTable& table, const ValueOf& value_of) {
  std::vector<double> after(table.size(), 0.0);
  std::vector<double> values(table.size(), 0.0);
  for (std::size_t t = environment.options().steps; t-- > 0;) {
    table.visit_reachable(t, [&](Exploration::Evidence e) {
      ItemValues item_values;
      for (Position item = 0; item < Exploration::items; ++item) {
        const double p = environment.click_probability(e, item);
        item_values[item] = p * (1 + after[table.index(Exploration::after(e, item, true))]) +
                            (1 - p) * after[table.index(Exploration::after(e, item, false))];
      }
      values[table.index(e)] = value_of(t, e, item_values);
    });
    after.swap(values);
  }
  return after[table.index({})];
}

class ExplorationOptimum final : public Policy {
 public:
  ExplorationOptimum(EvidenceTable table, std::vector<std::vector<std::uint8_t>> best)
      : table_(table), best_(std::move(best)) {}

  std::string name() const override { return "optimum"; }

  void choose(const SessionBatch& batch, engine::MatrixSpan<Position> slates) const override {
    const auto& sessions = sessions_of<Exploration>(batch, name());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      slates.row(i)[0] = best_.at(batch.steps_taken()).at(table_.index(sessions.state(i).evidence));
    }
  }

 private:
  EvidenceTable table_;
  std::vector<std::vector<std::uint8_t>> best_;  ///< (steps, evidence) item to show
};

}  // namespace

Optimum solve_exploration(const Exploration& environment) {
  const EvidenceTable table(environment.options().steps);
  std::vector<std::vector<std::uint8_t>> best(environment.options().steps, std::vector<std::uint8_t>(table.size()));
  Optimum optimum;
  optimum.value = evaluate(environment, table, [&](std::size_t t, Exploration::Evidence e, const ItemValues& values) {
    const auto highest_value = std::max_element(values.begin(), values.end());
    best[t][table.index(e)] = static_cast<std::uint8_t>(highest_value - values.begin());
    return *highest_value;
  });
  optimum.greedy = evaluate(environment, table, [&](std::size_t, Exploration::Evidence e, const ItemValues& values) {
    ItemValues scores;
    for (Position item = 0; item < Exploration::items; ++item) scores[item] = environment.click_probability(e, item);
    Position first = 0;
    highest(scores, {&first, 1});
    return values[first];
  });
  optimum.random = evaluate(environment, table, [](std::size_t, Exploration::Evidence, const ItemValues& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  });
  optimum.policy = std::make_shared<ExplorationOptimum>(table, std::move(best));
  return optimum;
}

}  // namespace infodiet::rl
