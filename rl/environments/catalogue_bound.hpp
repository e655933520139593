// A certified upper bound for catalogue, whose optimum cannot be computed: no policy, even one that knows all hidden
// state, earns more in expectation.
// For one person with one attention budget the problem is relaxed in steps, each of which can only raise the value; the
// relaxed problem is solved by dynamic programming.
//
// 1. Let v_i = exp(worth of item i in its rank) and v_0 = exp(worth of nothing), given all that came before. Showing S
//    earns sum_i p_i (r_i + V(after i)) + p_0 V(after nothing), p_i = v_i / (v_0 + sum_S v_j): a ratio of functions
//    linear in v_S. Such a ratio is monotone in each v_i, so over a box 0 <= v_i <= V_i it is largest at a corner,
//    where every v_i is 0 or V_i: at a slate of up to K items with the largest worths V_i. (Larger worths on a full
//    slate are no bound: a bored item also takes less away from the others.) A larger v_0 is the same as smaller v_i.
// 2. Boredom, regret and fatigue only lower v_i or raise v_0, since their settings are not negative. So the state may
//    forget: all but the kinds (topics) of what was consumed, or of the last few of it, and the engagement spent but
//    for its value rounded down to a grid. Rewards that depend on what was forgotten take their largest value.
// 3. Candidates are the best offers not consumed; where n items were consumed (as far as is known, else as many as
//    there were steps) offer j can only be among them if j < candidates + n.
//    The relaxed problem shows whatever of those it likes.
// 4. That an item is consumed once only is kept on average, at a price: for any prices l_i >= 0, V <= sum_i l_i + value
//    of the relaxed problem with r_i - l_i (weak Lagrangian duality, as in Whittle's relaxation), since a true policy
//    consumes n_i <= 1 of each. Prices are found by subgradient steps; any would do. The dearest items are kinds of
//    their own, as many as there is room for, and are not shown again while the state remembers them.
//
// Where there is room for every set of items that may be consumed, the state is that set. Nothing is relaxed then but
// which five came last where there are more, and up to five the bound is the optimum.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "rl/environments/catalogue.hpp"

namespace infodiet::rl {

/// Limits of the relaxed problem.
struct CatalogueBoundOptions {
  std::size_t memories = 100000;  ///< states of what was consumed last, at most
  std::size_t cells = 160;        ///< of the engagement spent, at most
  std::size_t price_steps = 24;
};

/// Why there is no bound in this environment, or null if there is: moving tastes, or an unknown term of the reward.
std::optional<std::string> catalogue_bound_obstacle(const CatalogueEnvironment& environment);

/// The bound on the expected return from `state` (of reset) on. Throws SettingError if there is an obstacle.
double catalogue_bound(const CatalogueEnvironment& environment, const CatalogueEnvironment::State& state,
                       const CatalogueBoundOptions& options = {});

/// The bound of each session of `plan`, given its person and attention budget. The same bits for any number of threads.
std::vector<double> catalogue_bounds(const CatalogueEnvironment& environment, const SessionPlan& plan,
                                     engine::ThreadPool& pool, const CatalogueBoundOptions& options = {});

}  // namespace infodiet::rl
