// A certified upper bound for catalogue, whose optimum cannot be computed: no policy, even one that knows all hidden
// state, earns more in expectation.
// For each person and attention budget the problem is relaxed in steps that can only raise its value, and the relaxed
// problem is solved by dynamic programming.
//
// 1. Let v_i = exp(utility of item i at its rank) and v_0 = exp(utility of nothing), given the past. Showing S
//    earns sum_i p_i (r_i + V(after i)) + p_0 V(after nothing), p_i = v_i / (v_0 + sum_S v_j): a ratio of functions
//    linear in v_S. Such a ratio is monotone in each v_i, so over a box 0 <= v_i <= V_i it is largest at a corner,
//    where every v_i is 0 or V_i: at a slate of up to K items with the largest values V_i. (Larger utilities on a full
//    slate are no bound: a boring item also takes less away from the others.) A larger v_0 is the same as smaller v_i.
// 2. Boredom, regret and fatigue only lower v_i or raise v_0, since their settings are not negative. So the state may
//    keep only the kinds (topics) of the items consumed, or of the last few of them, and the engagement spent, rounded
//    down to a grid. Rewards that depend on what is forgotten take their largest value.
// 3. Candidates are the best offers not consumed; after n items (if n is unknown, one per step) offer j can only be
//    among them if j < candidates + n. The relaxed problem may show any of these.
// 4. That an item is consumed only once is required on average, by prices: for any prices l_i >= 0, V <= sum_i l_i +
//    value of the relaxed problem with r_i - l_i (weak Lagrangian duality, as in Whittle's relaxation), since a true
//    policy consumes n_i <= 1 of each. Any prices are valid; subgradient steps find good ones. The items with the
//    highest prices are kinds of their own, as many as there is room for, and are not shown again while the state
//    remembers them.
// 5. Terms of what is shown, whatever is consumed, are bounded by themselves: at each step by the best slate of the
//    offers there can be.
//
// If there is room for every set of items that may be consumed, the state is that set. Then only the order of the last
// five items is relaxed, and up to five items the bound is the optimum.
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

/// Why there is no bound for this environment, or null if there is one: tastes move, or the reward has an unknown term.
std::optional<std::string> catalogue_bound_obstacle(const CatalogueEnvironment& environment);

/// The bound on the expected return from `state` (of reset) on. Throws SettingError if there is an obstacle.
double catalogue_bound(const CatalogueEnvironment& environment, const CatalogueEnvironment::State& state,
                       const CatalogueBoundOptions& options = {});

/// The bound of each session of `plan`, given its person and attention budget. The same bits for any number of threads.
std::vector<double> catalogue_bounds(const CatalogueEnvironment& environment, const SessionPlan& plan,
                                     engine::ThreadPool& pool, const CatalogueBoundOptions& options = {});

}  // namespace infodiet::rl
