#include "rl/environments/drift_optimum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "rl/session.hpp"

namespace infodiet::rl {

namespace {

/// Slates in ascending order of their positions.
std::vector<std::vector<Position>> slates_of(const DriftOptions& options) {
  std::vector<std::vector<Position>> slates;
  for (unsigned set = 0; set < 1U << options.topics; ++set) {
    if (static_cast<std::size_t>(std::popcount(set)) != options.slate) continue;
    std::vector<Position>& slate = slates.emplace_back();
    for (Position topic = 0; topic < options.topics; ++topic) {
      if ((set >> topic & 1) != 0) slate.push_back(topic);
    }
  }
  std::sort(slates.begin(), slates.end());
  return slates;
}

/// A slate's outcomes in one state: nothing, or a click on each of its items.
struct Outlook {
  double nothing = 0;
  std::vector<double> clicks;  ///< (K) probabilities
};

/// All tastes that clicks can reach, numbered, with their successors.
class DriftProgram {
 public:
  explicit DriftProgram(const Drift& environment)
      : environment_(environment), slates_(slates_of(environment.options())) {
    number_of(environment.start());
    for (std::size_t s = 0; s < states_.size(); ++s) {  // grows as states are reached
      const Drift::State state = states_[s];
      std::vector<std::size_t> next;
      for (std::size_t topic = 0; topic < environment.options().topics; ++topic) {
        next.push_back(number_of(environment.after_click(state, topic)));
      }
      next_.push_back(std::move(next));
    }
    for (const Drift::State& state : states_) {
      breadth_.push_back(environment.breadth_reward(state));
      topics_.push_back(environment.effective_topics(state));
    }
  }

  std::size_t states() const { return states_.size(); }
  const std::map<Drift::State, std::size_t>& numbers() const { return numbers_; }
  const std::vector<std::vector<Position>>& slates() const { return slates_; }
  const Drift::State& state(std::size_t s) const { return states_[s]; }
  std::size_t after(std::size_t s, Position topic) const { return next_[s][topic]; }
  double breadth(std::size_t s) const { return breadth_[s]; }
  double topics(std::size_t s) const { return topics_[s]; }

  Outlook outlook(std::size_t s, std::size_t slate) const {
    Outlook outlook{.nothing = std::exp(environment_.worth_of_nothing(states_[s])), .clicks = {}};
    double total = outlook.nothing;
    for (const Position topic : slates_[slate]) {
      outlook.clicks.push_back(std::exp(environment_.worth(states_[s], topic)));
      total += outlook.clicks.back();
    }
    outlook.nothing /= total;
    for (double& click : outlook.clicks) click /= total;
    return outlook;
  }

 private:
  std::size_t number_of(const Drift::State& state) {
    const auto [entry, fresh] = numbers_.emplace(state, states_.size());
    if (fresh) states_.push_back(state);
    return entry->second;
  }

  const Drift& environment_;
  std::vector<std::vector<Position>> slates_;
  std::map<Drift::State, std::size_t> numbers_;
  std::vector<Drift::State> states_;
  std::vector<std::vector<std::size_t>> next_;  ///< (states, topics) after a click
  std::vector<double> breadth_;                 ///< (states) reward of reaching it, besides a click
  std::vector<double> topics_;                  ///< (states) their variety
};

/// The best slate of every state at every step, and the value of the start.
struct Best {
  double value = 0;
  std::vector<std::vector<std::size_t>> slates;  ///< (steps, states)
};

Best best_of(const Drift& environment, const DriftProgram& program) {
  const std::size_t steps = environment.options().steps;
  const std::size_t slates = program.slates().size();
  std::vector<Outlook> outlooks;  // (states, slates)
  for (std::size_t s = 0; s < program.states(); ++s) {
    for (std::size_t k = 0; k < slates; ++k) outlooks.push_back(program.outlook(s, k));
  }
  Best best{.value = 0, .slates = std::vector(steps, std::vector<std::size_t>(program.states()))};
  std::vector<double> after(program.states(), 0.0);
  std::vector<double> values(program.states());
  for (std::size_t t = steps; t-- > 0;) {
    for (std::size_t s = 0; s < program.states(); ++s) {
      for (std::size_t k = 0; k < slates; ++k) {
        const Outlook& outlook = outlooks[s * slates + k];
        double value = outlook.nothing * (program.breadth(s) + after[s]);
        for (std::size_t rank = 0; rank < outlook.clicks.size(); ++rank) {
          const std::size_t next = program.after(s, program.slates()[k][rank]);
          value += outlook.clicks[rank] * (1 + program.breadth(next) + after[next]);
        }
        if (k > 0 && value <= values[s]) continue;
        values[s] = value;
        best.slates[t][s] = k;
      }
    }
    after.swap(values);
  }
  best.value = after[0];
  return best;
}

/// Ties by position.
void most_varied_slate(const Drift& environment, const Drift::State& state, std::span<Position> slate) {
  std::vector<double> scores;
  for (std::size_t topic = 0; topic < environment.options().topics; ++topic) {
    scores.push_back(-static_cast<double>(state.units[topic]));
  }
  highest(scores, slate);
}

void greedy_slate(const Drift& environment, const Drift::State& state, std::span<Position> slate) {
  std::vector<double> scores;
  for (std::size_t topic = 0; topic < environment.options().topics; ++topic) {
    scores.push_back(environment.worth(state, topic));
  }
  highest(scores, slate);
}

/// The probability of each slate in each state (states, slates), for rules that ignore the step.
std::vector<std::vector<double>> chances_of(const Drift& environment, const DriftProgram& program, DriftRule rule) {
  const std::size_t slates = program.slates().size();
  std::vector<std::vector<double>> chances;
  for (std::size_t s = 0; s < program.states(); ++s) {
    if (rule == DriftRule::random) {
      chances.emplace_back(slates, 1 / static_cast<double>(slates));
      continue;
    }
    std::vector<Position> slate(environment.options().slate);
    const auto fill = rule == DriftRule::greedy ? greedy_slate : most_varied_slate;
    fill(environment, program.state(s), slate);
    std::sort(slate.begin(), slate.end());
    const auto found = std::find(program.slates().begin(), program.slates().end(), slate);
    chances.emplace_back(slates, 0.0)[static_cast<std::size_t>(found - program.slates().begin())] = 1;
  }
  return chances;
}

/// Forward over the steps: the distribution over states and the expected figures. `chance(t, s, k)` is the probability
/// of slate k.
template <class Chance>
DriftFigures follow(const Drift& environment, const DriftProgram& program, const Chance& chance) {
  const std::size_t steps = environment.options().steps;
  DriftFigures figures;
  std::vector<double> now(program.states(), 0.0);
  now[0] = 1;
  for (std::size_t t = 0; t < steps; ++t) {
    std::vector<double> next(program.states(), 0.0);
    for (std::size_t s = 0; s < program.states(); ++s) {
      for (std::size_t k = 0; now[s] > 0 && k < program.slates().size(); ++k) {
        const double here = now[s] * chance(t, s, k);
        if (here == 0) continue;
        const Outlook outlook = program.outlook(s, k);
        next[s] += here * outlook.nothing;
        for (std::size_t rank = 0; rank < outlook.clicks.size(); ++rank) {
          next[program.after(s, program.slates()[k][rank])] += here * outlook.clicks[rank];
          figures.clicks += here * outlook.clicks[rank];
        }
      }
    }
    now.swap(next);
    figures.topics_at_the_end = 0;
    for (std::size_t s = 0; s < program.states(); ++s) {
      figures.value += now[s] * program.breadth(s);
      figures.topics_at_the_end += now[s] * program.topics(s);
    }
    figures.topics_on_the_way += figures.topics_at_the_end / static_cast<double>(steps);
  }
  figures.value += figures.clicks;
  return figures;
}

DriftFigures follow_rule(const Drift& environment, const DriftProgram& program, DriftRule rule) {
  const std::vector<std::vector<double>> chances = chances_of(environment, program, rule);
  return follow(environment, program, [&](std::size_t, std::size_t s, std::size_t k) { return chances[s][k]; });
}

class DriftOptimum final : public Policy {
 public:
  DriftOptimum(const DriftProgram& program, Best best)
      : numbers_(program.numbers()), slates_(program.slates()), best_(std::move(best)) {}

  std::string name() const override { return "optimum"; }

  void choose(const SessionBatch& batch, engine::MatrixSpan<Position> slates) const override {
    const auto& sessions = sessions_of<Drift>(batch, name());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const std::size_t state = numbers_.at(sessions.state(i));
      const std::vector<Position>& slate = slates_[best_.slates.at(batch.steps_taken()).at(state)];
      std::copy(slate.begin(), slate.end(), slates.row(i));
    }
  }

 private:
  std::map<Drift::State, std::size_t> numbers_;
  std::vector<std::vector<Position>> slates_;
  Best best_;
};

}  // namespace

void MostVariedPolicy::choose(const SessionBatch& batch, engine::MatrixSpan<Position> slates) const {
  const auto& sessions = sessions_of<Drift>(batch, name());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    most_varied_slate(sessions.environment(), sessions.state(i), std::span(slates.row(i), slates.cols));
  }
}

Optimum solve_drift(const Drift& environment) {
  const DriftProgram program(environment);
  Best best = best_of(environment, program);
  Optimum optimum;
  optimum.value = best.value;
  optimum.greedy = follow_rule(environment, program, DriftRule::greedy).value;
  optimum.random = follow_rule(environment, program, DriftRule::random).value;
  optimum.policy = std::make_shared<DriftOptimum>(program, std::move(best));
  return optimum;
}

DriftFigures drift_figures(const Drift& environment, DriftRule rule) {
  const DriftProgram program(environment);
  if (rule != DriftRule::optimum) return follow_rule(environment, program, rule);
  const Best best = best_of(environment, program);
  return follow(environment, program,
                [&](std::size_t t, std::size_t s, std::size_t k) { return best.slates[t][s] == k ? 1.0 : 0.0; });
}

}  // namespace infodiet::rl
