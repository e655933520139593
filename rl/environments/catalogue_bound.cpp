#include "rl/environments/catalogue_bound.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

#include "recsys/errors.hpp"
#include "rl/environments/catalogue_relaxation.hpp"

namespace infodiet::rl {

namespace {

/// Largest steps times offers for which a bound is computed.
constexpr std::size_t longest_session = 500000;

/// Lowers the bound by prices: prices of items consumed more than once rise, others fall again.
double lower(Relaxation& relaxation, std::vector<double>& prices, std::size_t steps) {
  const double first_step = 0.4 * std::max(relaxation.largest_reward(), 0.0);
  std::vector<double> best_prices = prices;
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k <= steps; ++k) {
    const Relaxation::Solution solution = relaxation.solve(prices);
    if (solution.value < best) {
      best = solution.value;
      best_prices = prices;
    }
    const double step = first_step / (1 + 0.4 * static_cast<double>(k));
    bool moved = false;
    for (std::size_t i = 0; i < prices.size(); ++i) {
      const double before = prices[i];
      prices[i] = std::max(0.0, before + step * std::clamp(solution.taken[i] - 1, -1.0, 1.0));
      moved = moved || prices[i] != before;
    }
    if (!moved) break;
  }
  prices = best_prices;
  return best;
}

/// The most that a session can earn by what it shows, whatever is consumed: the best slates of all the offers that can
/// be available at each step.
double most_of_shown(const CatalogueEnvironment& environment, CatalogueEnvironment::State state) {
  const CatalogueOptions& options = environment.options();
  state.available.resize(options.candidates + options.steps);
  std::iota(state.available.begin(), state.available.end(), 0U);
  std::vector<double> best;  // of the items offered so far, falling
  double most = 0;
  for (Position i = 0; i + 1 < state.available.size(); ++i) {
    const Candidate item = environment.candidate(state, i);
    const double earned = state.consumption.reward_of_shown({&item, 1}, environment.reward());
    best.insert(std::upper_bound(best.begin(), best.end(), earned, std::greater()), earned);
    if (best.size() > options.slate) best.pop_back();
    if (i + 1 < options.candidates) continue;
    most += std::accumulate(best.begin(), best.end(), 0.0) / static_cast<double>(best.size());
  }
  return most;
}

}  // namespace

std::optional<std::string> catalogue_bound_obstacle(const CatalogueEnvironment& environment) {
  if (environment.options().taste_drift > 0) return "tastes move (taste_drift), which the bound does not cover";
  const CatalogueOptions& options = environment.options();
  if (options.slate > 64) return "slates of more than 64 items are too long";
  if (options.steps * (options.candidates + options.steps) > longest_session) {
    return "there are too many candidates and steps";
  }
  std::vector<std::string_view> unknown;
  for (const RewardTerm& term : reward_terms()) {
    const std::string_view name = term.weight.name;
    if (term.weight.get(environment.reward()) == 0) continue;
    if (term.what == TermOf::consumed && !relaxation_covers(name)) unknown.push_back(name);
  }
  if (unknown.empty()) return std::nullopt;
  return fmt::format("the reward has {}, which the bound does not cover", fmt::join(unknown, " and "));
}

double catalogue_bound(const CatalogueEnvironment& environment, const CatalogueEnvironment::State& state,
                       const CatalogueBoundOptions& options) {
  if (const auto obstacle = catalogue_bound_obstacle(environment)) {
    throw recsys::SettingError(fmt::format("catalogue: there is no bound: {}", *obstacle));
  }
  // Prices are found on a coarse problem; the fine problem starts from them and improves them a little.
  constexpr std::size_t cheap_cells = 32;
  Relaxation cheap(environment, state, {.memories = 1, .cells = std::min(cheap_cells, options.cells)}, {});
  std::vector<double> prices(cheap.offers(), 0.0);
  const double bound = lower(cheap, prices, options.price_steps);
  Relaxation fine(environment, state, {.memories = options.memories, .cells = options.cells}, prices);
  for (std::size_t i = 0; i < prices.size(); ++i) {
    if (fine.keeps_all() && fine.is_marked(i)) prices[i] = 0;  // never consumed twice
  }
  return most_of_shown(environment, state) +
         std::min(bound, lower(fine, prices, fine.keeps_all() ? options.price_steps : options.price_steps / 12));
}

std::vector<double> catalogue_bounds(const CatalogueEnvironment& environment, const SessionPlan& plan,
                                     engine::ThreadPool& pool, const CatalogueBoundOptions& options) {
  std::vector<double> bounds(plan.count);
  pool.run(plan.count, [&](std::size_t i, std::size_t) {
    const std::uint32_t person = (plan.first + static_cast<std::uint32_t>(i)) / plan.sessions_each;
    engine::RandomStream stream(plan.seed, engine::Purpose::environment, 0, person);
    bounds[i] = catalogue_bound(environment, environment.reset(stream, person), options);
  });
  return bounds;
}

}  // namespace infodiet::rl
