#include "rl/environments/catalogue_bound.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "recsys/errors.hpp"

namespace infodiet::rl {

namespace {

/// Terms that depend on the item alone, and those whose dependence on the past is bounded here.
constexpr std::array<std::string_view, 3> item_terms{"engagement", "quality", "novelty"};
constexpr std::array<std::string_view, 2> bounded_terms{"diversity", "overload"};

/// So few items are told apart each by itself, and there is room to remember more of them.
constexpr std::size_t few_offers = 8;
constexpr std::size_t more_memories = 20;

/// Of the worth of nothing; less only lets more be earned.
constexpr double largest_exponent = 300;

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

double share_of(const Candidate& item) {
  return 1 / static_cast<double>(std::max<std::size_t>(item.topics.size(), 1));
}

bool has(std::span<const Topic> topics, Topic topic) {
  return std::find(topics.begin(), topics.end(), topic) != topics.end();
}

/// Items that the state does not tell apart once they are consumed: those of the same topics.
struct Kind {
  std::vector<Topic> topics;
  double least_bad = std::numeric_limits<double>::infinity();  ///< of max(0, -quality)
  std::size_t items = 0;
};

/// An offer as the relaxed problem sees it.
struct Offer {
  Candidate item;
  std::size_t kind = 0;
  double worth = 0;      ///< without boredom
  double reward = 0;     ///< of the terms that depend on the item alone
  std::size_t step = 0;  ///< cells that consuming it moves on
};

/// The relaxed problem of one person with one budget.
class Relaxation {
 public:
  Relaxation(const CatalogueEnvironment& environment, const CatalogueEnvironment::State& state,
             const CatalogueBoundOptions& options)
      : options_(environment.options()), weights_(environment.reward()), attention_(*state.consumption.attention()) {
    add_offers(environment, state);
    divide_engagement(options.cells);
    remember(options.memories);
    tabulate();
  }

  struct Solution {
    double value = 0;           ///< with the prices added
    std::vector<double> taken;  ///< (offers) how often each is expected to be consumed
  };
  Solution solve(std::span<const double> prices);
  std::size_t offers() const { return offers_.size(); }
  double largest_reward() const { return *std::max_element(reward_.begin(), reward_.end()); }

 private:
  void add_offers(const CatalogueEnvironment& environment, const CatalogueEnvironment::State& state);
  void divide_engagement(std::size_t most_cells);
  void remember(std::size_t most_memories);
  void tabulate();
  double reward_after(std::size_t memory, const Offer& offer) const;
  /// What may be shown in a state: how many of the first offers, and whether exactly K of them are.
  struct Choice {
    std::size_t allowed = 0;
    bool exact = false;
  };
  Choice choice_at(std::size_t t, std::size_t memory, std::size_t cell) const;
  std::size_t best_slate(std::size_t memory, double nothing, double stay, const Choice& choice);
  void step_back(std::size_t t, std::span<const double> prices);
  std::vector<double> follow() const;
  bool knows_all(std::size_t memory) const {
    return memories_[memory].size() < depth_ || depth_ >= Consumption::remembered;
  }
  std::size_t at(std::size_t memory, std::size_t cell) const { return memory * cells_ + cell; }
  double nothing(std::size_t memory, std::size_t cell) const { return bad_[memory] * tired_[cell]; }

  const CatalogueOptions& options_;
  const RewardWeights& weights_;
  double attention_;
  std::vector<Offer> offers_;
  std::vector<Kind> kinds_;
  bool single_ = false;  ///< every offer is a kind of its own
  bool whole_ = true;    ///< rounding down what is spent loses nothing
  double width_ = 0;     ///< of a cell; 0 where engagement does not matter
  std::size_t cells_ = 1;
  std::size_t depth_ = 0;                           ///< items remembered
  std::vector<std::vector<std::size_t>> memories_;  ///< kinds consumed last, latest last
  std::vector<std::size_t> next_;                   ///< (memories, kinds)
  std::vector<double> worth_;                       ///< (memories, offers) exp; 0 for what cannot be shown again
  std::vector<double> reward_;                      ///< (memories, offers) but for overload
  std::vector<double> bad_;                         ///< (memories) exp of the worth of nothing, rested
  std::vector<double> tired_;                       ///< (cells) what fatigue multiplies that by
  std::vector<double> after_;                       ///< (memories, cells) value from the next step on
  std::vector<double> value_;                       ///< (memories, cells)
  std::vector<double> gain_;                        ///< (offers) of one state, reused
  std::vector<std::uint16_t> shown_;                ///< (steps, memories, cells, K) slates, ended by `none`
  std::vector<std::uint16_t> slate_;                ///< (K) reused
};

constexpr std::uint16_t none = std::numeric_limits<std::uint16_t>::max();

void Relaxation::add_offers(const CatalogueEnvironment& environment, const CatalogueEnvironment::State& state) {
  CatalogueEnvironment::State all = state;
  all.available.resize(options_.candidates + options_.steps);
  std::iota(all.available.begin(), all.available.end(), 0U);
  std::map<std::vector<Topic>, std::size_t> numbers;
  single_ = all.available.size() <= few_offers;
  for (Position i = 0; i < all.available.size(); ++i) {
    Offer offer{.item = environment.candidate(all, i)};
    offer.worth = environment.utility(all, offer.item);
    const RewardTerms terms = all.consumption.terms(offer.item);
    for (const RewardTerm& term : reward_terms()) {
      if (!is_one_of(term.weight.name, item_terms)) continue;
      offer.reward += term.weight.get(weights_) * (terms.*term.value).value_or(0);
    }
    std::vector<Topic> topics(offer.item.topics.begin(), offer.item.topics.end());
    offer.kind = kinds_.size();
    if (!single_) offer.kind = numbers.emplace(topics, kinds_.size()).first->second;
    if (offer.kind == kinds_.size()) kinds_.push_back({.topics = std::move(topics)});
    Kind& kind = kinds_[offer.kind];
    kind.least_bad = std::min(kind.least_bad, std::max(0.0, -offer.item.quality.value_or(0)));
    ++kind.items;
    offers_.push_back(offer);
  }
}

// Whole units where all engagements are whole, since rounding down then loses nothing.
void Relaxation::divide_engagement(std::size_t most_cells) {
  if (options_.fatigue == 0 && weights_.overload == 0) {
    tired_ = {1};
    return;
  }
  double longest = 0;
  for (const Offer& offer : offers_) {
    const double engagement = engagement_of(offer.item);
    whole_ = whole_ && engagement == std::floor(engagement);
    longest = std::max(longest, engagement);
  }
  const double reach = std::min(2 * attention_, longest * static_cast<double>(options_.steps));
  width_ = reach / static_cast<double>(most_cells);
  if (whole_) width_ = std::ceil(width_);
  whole_ = whole_ && width_ == 1;
  cells_ = static_cast<std::size_t>(reach / width_) + 1;
  for (Offer& offer : offers_) offer.step = static_cast<std::size_t>(engagement_of(offer.item) / width_);
  for (std::size_t cell = 0; cell < cells_; ++cell) {
    const double over = static_cast<double>(cell) * width_ / attention_ - 1;
    tired_.push_back(std::exp(std::min(largest_exponent, options_.fatigue * std::max(0.0, over))));
  }
}

// Every sequence of kinds up to the largest depth for which there is room.
void Relaxation::remember(std::size_t most_memories) {
  memories_ = {{}};
  std::size_t level = 0;  // first of the longest
  while (depth_ < Consumption::remembered &&
         memories_.size() + (memories_.size() - level) * kinds_.size() <= most_memories) {
    const std::size_t end = memories_.size();
    for (; level < end; ++level) {
      for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
        std::vector<std::size_t> longer = memories_[level];
        longer.push_back(kind);
        memories_.push_back(std::move(longer));
      }
    }
    ++depth_;
  }
  std::map<std::vector<std::size_t>, std::size_t> numbers;
  for (std::size_t m = 0; m < memories_.size(); ++m) numbers.emplace(memories_[m], m);
  for (const std::vector<std::size_t>& memory : memories_) {
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
      std::vector<std::size_t> next = memory;
      next.push_back(kind);
      if (next.size() > depth_) next.erase(next.begin());
      next_.push_back(numbers.at(next));
    }
  }
}

double Relaxation::reward_after(std::size_t memory, const Offer& offer) const {
  double reward = offer.reward;
  if (weights_.diversity == 0 || offer.item.topics.empty()) return reward;
  const auto fresh = std::count_if(offer.item.topics.begin(), offer.item.topics.end(), [&](Topic topic) {
    return std::none_of(memories_[memory].begin(), memories_[memory].end(),
                        [&](std::size_t kind) { return has(kinds_[kind].topics, topic); });
  });
  // What is not remembered can only make it less fresh.
  if (weights_.diversity > 0 || knows_all(memory)) {
    reward += weights_.diversity * static_cast<double>(fresh) * share_of(offer.item);
  }
  return reward;
}

void Relaxation::tabulate() {
  for (std::size_t m = 0; m < memories_.size(); ++m) {
    double bad = 0;
    for (const std::size_t kind : memories_[m]) bad += kinds_[kind].least_bad;
    bad_.push_back(std::exp(std::min(largest_exponent, options_.rest + options_.regret * bad)));
    for (const Offer& offer : offers_) {
      double boredom = 0;
      bool again = false;
      for (const std::size_t kind : memories_[m]) {
        const std::vector<Topic>& topics = kinds_[kind].topics;
        for (const Topic topic : offer.item.topics) {
          if (has(topics, topic)) boredom += share_of(offer.item) / static_cast<double>(topics.size());
        }
        again = again || (kind == offer.kind && kinds_[kind].items == 1);
      }
      worth_.push_back(again ? 0 : std::exp(offer.worth - options_.boredom * boredom));
      reward_.push_back(reward_after(m, offer));
    }
  }
  after_.resize(memories_.size() * cells_);
  value_.resize(after_.size());
  gain_.resize(offers_.size());
  slate_.resize(options_.slate);
  shown_.resize(options_.steps * after_.size() * options_.slate);
}

// Where the state holds all that was consumed, nothing is relaxed: exactly K of the best offers left are shown.
Relaxation::Choice Relaxation::choice_at(std::size_t t, std::size_t memory, std::size_t cell) const {
  const std::size_t size = memories_[memory].size();
  const bool known = size < depth_ || t <= depth_;
  const bool knows_spent = cells_ == 1 ? options_.fatigue == 0 : whole_ && cell + 1 < cells_;
  if (!single_ || options_.rank != 0 || !known || !knows_spent) {
    return {.allowed = std::min(offers_.size(), options_.candidates + (known ? size : t))};
  }
  Choice choice{.exact = true};
  const double* worth = &worth_[memory * offers_.size()];
  for (std::size_t open = 0; open < options_.candidates; ++choice.allowed) open += worth[choice.allowed] > 0 ? 1 : 0;
  return choice;
}

// The slate of at most K (where exact, of K) of the first `allowed` offers with the largest (v_0 stay + sum v_i gain_i)
// / (v_0 + sum v_i), by Dinkelbach's method: for a guess x of that ratio the best slate has the largest v_i (gain_i -
// x) above 0, and its ratio is the next guess. Returns how many it has.
std::size_t Relaxation::best_slate(std::size_t memory, double nothing, double stay, const Choice& choice) {
  const double* worth = &worth_[memory * offers_.size()];
  std::array<double, 64> best;  // above 0, falling
  const std::size_t most = std::min(options_.slate, best.size());
  double guess = stay;
  std::size_t count = 0;
  for (;;) {
    std::size_t size = 0;
    std::array<std::uint16_t, 64> chosen;
    for (std::size_t i = 0; i < choice.allowed; ++i) {
      const double adds = worth[i] * (gain_[i] - guess);
      if (worth[i] == 0 || (adds <= 0 && !choice.exact) || (size == most && adds <= best[size - 1])) continue;
      std::size_t place = size < most ? size++ : size - 1;
      for (; place > 0 && best[place - 1] < adds; --place) {
        best[place] = best[place - 1];
        chosen[place] = chosen[place - 1];
      }
      best[place] = adds;
      chosen[place] = static_cast<std::uint16_t>(i);
    }
    double above = nothing * stay;
    double below = nothing;
    for (std::size_t k = 0; k < size; ++k) {
      above += worth[chosen[k]] * gain_[chosen[k]];
      below += worth[chosen[k]];
    }
    const double ratio = above / below;
    if (count > 0 && ratio <= guess + 1e-12 * std::abs(guess)) return count;
    if (size == 0) return 0;
    std::copy_n(chosen.begin(), size, slate_.begin());
    count = size;
    guess = ratio;
  }
}

void Relaxation::step_back(std::size_t t, std::span<const double> prices) {
  for (std::size_t m = 0; m < memories_.size(); ++m) {
    if (memories_[m].size() > t) continue;  // cannot be there yet
    const double* reward = &reward_[m * offers_.size()];
    const double* worth = &worth_[m * offers_.size()];
    for (std::size_t cell = 0; cell < cells_; ++cell) {
      const double spent = static_cast<double>(cell) * width_;
      const Choice choice = choice_at(t, m, cell);
      for (std::size_t i = 0; i < choice.allowed; ++i) {
        const std::size_t there = std::min(cell + offers_[i].step, cells_ - 1);
        gain_[i] = reward[i] - prices[i] + after_[at(next_[m * kinds_.size() + offers_[i].kind], there)];
        // What is spent may be more than its cell says: overload that is wanted is given, unwanted only where it must.
        const bool over = spent + engagement_of(offers_[i].item) > attention_ || weights_.overload > 0;
        if (over) gain_[i] += weights_.overload;
      }
      const double stay = after_[at(m, cell)];
      const double v_nothing = nothing(m, cell);
      const std::size_t size = best_slate(m, v_nothing, stay, choice);
      double above = v_nothing * stay;
      double below = v_nothing;
      std::uint16_t* shown = &shown_[(t * after_.size() + at(m, cell)) * options_.slate];
      std::fill_n(shown, options_.slate, none);
      for (std::size_t k = 0; k < size; ++k) {
        above += worth[slate_[k]] * gain_[slate_[k]];
        below += worth[slate_[k]];
        shown[k] = slate_[k];
      }
      value_[at(m, cell)] = above / below;
    }
  }
  after_.swap(value_);
}

std::vector<double> Relaxation::follow() const {
  std::vector<double> taken(offers_.size(), 0.0);
  std::vector<double> now(after_.size(), 0.0);
  now[0] = 1;
  for (std::size_t t = 0; t < options_.steps; ++t) {
    std::vector<double> next(after_.size(), 0.0);
    for (std::size_t m = 0; m < memories_.size(); ++m) {
      for (std::size_t cell = 0; cell < cells_; ++cell) {
        const double here = now[at(m, cell)];
        if (here == 0) continue;
        const std::uint16_t* shown = &shown_[(t * after_.size() + at(m, cell)) * options_.slate];
        double total = nothing(m, cell);
        for (std::size_t k = 0; k < options_.slate && shown[k] != none; ++k) {
          total += worth_[m * offers_.size() + shown[k]];
        }
        next[at(m, cell)] += here * nothing(m, cell) / total;
        for (std::size_t k = 0; k < options_.slate && shown[k] != none; ++k) {
          const Offer& offer = offers_[shown[k]];
          const double chance = here * worth_[m * offers_.size() + shown[k]] / total;
          taken[shown[k]] += chance;
          next[at(next_[m * kinds_.size() + offer.kind], std::min(cell + offer.step, cells_ - 1))] += chance;
        }
      }
    }
    now.swap(next);
  }
  return taken;
}

Relaxation::Solution Relaxation::solve(std::span<const double> prices) {
  std::fill(after_.begin(), after_.end(), 0.0);
  for (std::size_t t = options_.steps; t-- > 0;) step_back(t, prices);
  Solution solution{.value = after_[0], .taken = follow()};
  for (const double price : prices) solution.value += price;
  return solution;
}

/// Lowers the bound by prices: those of what is consumed more than once go up, others come down again.
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

}  // namespace

std::optional<std::string> catalogue_bound_obstacle(const CatalogueEnvironment& environment) {
  if (environment.options().taste_drift > 0) return "tastes move (taste_drift), which it does not cover";
  if (environment.options().slate > 64) return "slates of more than 64 are too long for it";
  std::vector<std::string_view> unknown;
  for (const RewardTerm& term : reward_terms()) {
    const std::string_view name = term.weight.name;
    if (term.weight.get(environment.reward()) == 0) continue;
    if (!is_one_of(name, item_terms) && !is_one_of(name, bounded_terms)) unknown.push_back(name);
  }
  if (unknown.empty()) return std::nullopt;
  return fmt::format("the reward has {}, which it does not cover", fmt::join(unknown, " and "));
}

double catalogue_bound(const CatalogueEnvironment& environment, const CatalogueEnvironment::State& state,
                       const CatalogueBoundOptions& options) {
  if (const auto obstacle = catalogue_bound_obstacle(environment)) {
    throw recsys::SettingError(fmt::format("catalogue: there is no bound: {}", *obstacle));
  }
  // Prices are found where it is cheap; the fine problem takes them over and mends them a little.
  constexpr std::size_t cheap_cells = 32;
  Relaxation cheap(environment, state, {.memories = 1, .cells = std::min(cheap_cells, options.cells)});
  std::vector<double> prices(cheap.offers(), 0.0);
  double bound = lower(cheap, prices, options.price_steps);
  CatalogueBoundOptions finer = options;
  if (cheap.offers() <= few_offers) finer.memories *= more_memories;
  Relaxation fine(environment, state, finer);
  bound = std::min(bound, lower(fine, prices, options.price_steps / 12));
  return bound;
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
