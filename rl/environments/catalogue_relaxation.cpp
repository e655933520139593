#include "rl/environments/catalogue_relaxation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

namespace infodiet::rl {

namespace {

/// Terms that depend only on the item, and those whose dependence on the past is bounded here.
constexpr std::array<std::string_view, 3> item_terms{"engagement", "quality", "novelty"};
constexpr std::array<std::string_view, 2> bounded_terms{"diversity", "overload"};

/// Largest states times offers times steps of one solution.
constexpr double most_work = 6e6;
/// Largest states times offers kept in memory.
constexpr double most_values_kept = 3e6;
/// How many offers are distinguished if not all can be.
constexpr std::size_t most_marked = 64;

/// Largest exponent of fatigue; a lower one only raises the value.
constexpr double largest_exponent = 300;

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

double share_of(const Candidate& item) {
  return 1 / static_cast<double>(std::max<std::size_t>(item.topics.size(), 1));
}

bool has_topic(std::span<const Topic> topics, Topic topic) {
  return std::find(topics.begin(), topics.end(), topic) != topics.end();
}

/// Number of sequences, or multisets, of at most `depth` of `kinds`.
double sequences(std::size_t kinds, std::size_t depth) {
  double count = 1;
  for (std::size_t k = 0; k < depth; ++k) count = 1 + static_cast<double>(kinds) * count;
  return count;
}
double multisets(std::size_t kinds, std::size_t depth) {
  double count = 1;
  for (std::size_t k = 1; k <= depth; ++k) count *= static_cast<double>(kinds + k) / static_cast<double>(k);
  return count;
}
/// Number of sets of at most `depth` of `items`.
double sets(std::size_t items, std::size_t depth) {
  double count = 1;
  double of_size = 1;
  for (std::size_t k = 1; k <= std::min(items, depth); ++k) {
    of_size *= static_cast<double>(items + 1 - k) / static_cast<double>(k);
    count += of_size;
  }
  return count;
}

/// The smallest sum of five of these, or of all if there are fewer, since the last five may be unknown.
double least_of_five(std::vector<double>& values) {
  const std::size_t count = std::min(values.size(), Consumption::remembered);
  const auto end = values.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(values.begin(), end, values.end());
  return std::accumulate(values.begin(), end, 0.0);
}

/// The boredom with an offer that one consumed item of a kind adds.
double alike(const RelaxedOffer& offer, const RelaxedKind& kind) {
  double sum = 0;
  for (const Topic topic : offer.item.topics) {
    if (has_topic(kind.topics, topic)) sum += share_of(offer.item) / static_cast<double>(kind.topics.size());
  }
  return sum;
}

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

}  // namespace

bool relaxation_covers(std::string_view term) {
  return is_one_of(term, item_terms) || is_one_of(term, bounded_terms);
}

void Relaxation::add_offers(const CatalogueEnvironment& environment, const CatalogueEnvironment::State& state) {
  CatalogueEnvironment::State all = state;
  all.available.resize(options_.candidates + options_.steps);
  std::iota(all.available.begin(), all.available.end(), 0U);
  for (Position i = 0; i < all.available.size(); ++i) {
    RelaxedOffer offer{.item = environment.candidate(all, i)};
    offer.worth = environment.utility(all, offer.item);
    const RewardTerms terms = all.consumption.terms({}, &offer.item);
    for (const RewardTerm& term : reward_terms()) {
      if (!is_one_of(term.weight.name, item_terms)) continue;
      offer.reward += term.weight.get(weights_) * (terms.*term.value).value_or(0);
    }
    offers_.push_back(offer);
  }
}

// Keeps the most that fits: all consumed items, unordered; else their kinds; else the last kinds. Remaining room
// distinguishes the offers with the highest prices.
void Relaxation::choose_memory(const Room& limits, std::span<const double> prices) {
  const std::size_t last = options_.steps - 1;
  const double states = std::max(1.0, most_work / static_cast<double>(options_.steps * offers_.size()));
  std::vector<std::size_t> dearest(offers_.size());
  std::iota(dearest.begin(), dearest.end(), std::size_t{0});
  const auto room_of = [&](std::size_t cells) {
    return std::min({static_cast<double>(limits.memories), states / static_cast<double>(cells),
                     most_values_kept / static_cast<double>(offers_.size())});
  };
  single_ = sets(offers_.size(), last) <= room_of(1);
  if (single_) {
    make_kinds(dearest);
    keeps_all_ = true;
    depth_ = last;
    tired_ = {1};
    return;
  }
  divide_engagement(std::min(limits.cells, static_cast<std::size_t>(states)));
  const double room = room_of(cells_);
  make_kinds({});
  keeps_all_ = multisets(kinds_.size(), last) <= room;
  const auto count = [&] { return keeps_all_ ? multisets(kinds_.size(), depth_) : sequences(kinds_.size(), depth_); };
  depth_ = keeps_all_ ? last : Consumption::remembered;
  while (count() > room) --depth_;
  if (prices.empty() || depth_ == 0) return;
  std::stable_sort(dearest.begin(), dearest.end(), [&](std::size_t a, std::size_t b) { return prices[a] > prices[b]; });
  std::size_t marked = std::min(most_marked, offers_.size());
  make_kinds(std::span(dearest).first(marked));
  while (count() > room) make_kinds(std::span(dearest).first(--marked));
}

void Relaxation::make_kinds(std::span<const std::size_t> marked) {
  kinds_.clear();
  std::map<std::vector<Topic>, std::size_t> numbers;
  for (std::size_t i = 0; i < offers_.size(); ++i) {
    RelaxedOffer& offer = offers_[i];
    std::vector<Topic> topics(offer.item.topics.begin(), offer.item.topics.end());
    const bool alone = std::find(marked.begin(), marked.end(), i) != marked.end();
    offer.kind = alone ? kinds_.size() : numbers.emplace(topics, kinds_.size()).first->second;
    if (offer.kind == kinds_.size()) kinds_.push_back({.topics = std::move(topics)});
    RelaxedKind& kind = kinds_[offer.kind];
    kind.least_bad = std::min(kind.least_bad, std::max(0.0, -offer.item.quality.value_or(0)));
    kind.engagement = engagement_of(offer.item);
    ++kind.items;
  }
}

// Whole units if all engagements are whole numbers: rounding down then loses nothing.
void Relaxation::divide_engagement(std::size_t most_cells) {
  if (options_.fatigue == 0 && weights_.overload == 0) {
    tired_ = {1};
    return;
  }
  double longest = 0;
  for (const RelaxedOffer& offer : offers_) {
    const double engagement = engagement_of(offer.item);
    whole_ = whole_ && engagement == std::floor(engagement);
    longest = std::max(longest, engagement);
  }
  const double reach = std::min(2 * attention_, longest * static_cast<double>(options_.steps));
  width_ = reach / static_cast<double>(most_cells);
  if (whole_) width_ = std::ceil(width_);
  whole_ = whole_ && width_ == 1;
  cells_ = static_cast<std::size_t>(reach / width_) + 1;
  for (RelaxedOffer& offer : offers_) offer.step = static_cast<std::size_t>(engagement_of(offer.item) / width_);
  for (std::size_t cell = 0; cell < cells_; ++cell) {
    const double over = static_cast<double>(cell) * width_ / attention_ - 1;
    tired_.push_back(std::exp(std::min(largest_exponent, options_.fatigue * std::max(0.0, over))));
  }
}

bool Relaxation::may_hold(const std::vector<std::size_t>& memory, std::size_t kind) const {
  const auto held = std::count(memory.begin(), memory.end(), kind);
  return static_cast<std::size_t>(held) < kinds_[kind].items;
}

std::vector<std::size_t> Relaxation::longer(const std::vector<std::size_t>& memory, std::size_t kind) const {
  std::vector<std::size_t> next = memory;
  next.push_back(kind);
  if (keeps_all_) {
    std::sort(next.begin(), next.end());
  } else if (next.size() > depth_) {
    next.erase(next.begin());
  }
  return next;
}

void Relaxation::remember() {
  memories_ = {{}};
  std::map<std::vector<std::size_t>, std::size_t> numbers{{{}, 0}};
  for (std::size_t m = 0; m < memories_.size(); ++m) {
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
      // Impossible successors, and successors of the last step, are never used.
      const bool ends = keeps_all_ && memories_[m].size() == depth_;
      if (ends || !may_hold(memories_[m], kind)) {
        next_.push_back(m);
        continue;
      }
      std::vector<std::size_t> next = longer(memories_[m], kind);
      const auto [entry, fresh] = numbers.emplace(next, memories_.size());
      next_.push_back(entry->second);
      if (fresh) memories_.push_back(std::move(next));
    }
  }
}

double Relaxation::reward_after(std::size_t memory, const RelaxedOffer& offer) const {
  double reward = offer.reward;
  if (weights_.diversity == 0 || offer.item.topics.empty()) return reward;
  const std::vector<std::size_t>& kinds = memories_[memory];
  const auto fresh = std::count_if(offer.item.topics.begin(), offer.item.topics.end(), [&](Topic topic) {
    const auto with = std::count_if(kinds.begin(), kinds.end(),
                                    [&](std::size_t kind) { return has_topic(kinds_[kind].topics, topic); });
    const auto without = kinds.size() - static_cast<std::size_t>(with);
    return with == 0 || (keeps_all_ && without >= Consumption::remembered);
  });
  // Forgotten items could only lower its freshness.
  if (weights_.diversity > 0 || knows_all(memory)) {
    reward += weights_.diversity * static_cast<double>(fresh) * share_of(offer.item);
  }
  return reward;
}

void Relaxation::tabulate() {
  for (const std::vector<std::size_t>& memory : memories_) {
    std::vector<double> bads;
    double spent = 0;
    for (const std::size_t kind : memory) {
      bads.push_back(kinds_[kind].least_bad);
      if (single_) spent += kinds_[kind].engagement;
    }
    spent_.push_back(spent);
    const double tired = options_.fatigue * std::max(0.0, spent / attention_ - 1);
    bad_.push_back(std::exp(std::min(largest_exponent, options_.rest + options_.regret * least_of_five(bads) + tired)));
    for (const RelaxedOffer& offer : offers_) {
      std::vector<double> boredom;
      boredom.reserve(memory.size());
      for (const std::size_t kind : memory) boredom.push_back(alike(offer, kinds_[kind]));
      const bool left = may_hold(memory, offer.kind);
      worth_.push_back(left ? std::exp(offer.worth - options_.boredom * least_of_five(boredom)) : 0);
      reward_.push_back(reward_after(spent_.size() - 1, offer));
    }
  }
  after_.resize(memories_.size() * cells_);
  value_.resize(after_.size());
  gain_.resize(offers_.size());
  slate_.resize(options_.slate);
  for (std::size_t k = 0; k < options_.slate; ++k) {
    rank_factors_.push_back(std::pow(static_cast<double>(k + 1), -options_.rank));
  }
  shown_.resize(options_.steps * after_.size() * options_.slate);
}

// If all consumed items are known, so are the candidates; if the last five are known, utilities are exact and exactly K
// items are shown.
Relaxation::Choice Relaxation::choice_at(std::size_t t, std::size_t memory) const {
  const std::size_t size = memories_[memory].size();
  if (!single_) {
    const bool known = size < depth_ || t <= depth_;
    return {.allowed = std::min(offers_.size(), options_.candidates + (known ? size : t))};
  }
  Choice choice{.exact = knows_all(memory)};
  for (std::size_t open = 0; open < options_.candidates; ++choice.allowed) {
    open += may_hold(memories_[memory], offers_[choice.allowed].kind) ? 1 : 0;
  }
  return choice;
}

// The slate of at most K (where exact, of K) of the first `allowed` offers with the largest (v_0 stay + sum v_i gain_i)
// / (v_0 + sum v_i), by Dinkelbach's method: for a guess x of that ratio the best slate has the largest v_i (gain_i -
// x) above 0, the largest at rank 1, and its ratio is the next guess. Returns its size.
std::size_t Relaxation::best_slate(std::size_t memory, double nothing, double stay, const Choice& choice) {
  const double* worth = &worth_[memory * offers_.size()];
  std::array<double, 64> best;  // above 0, descending
  const std::size_t most = std::min(options_.slate, best.size());
  double guess = stay;
  std::size_t count = 0;
  for (;;) {
    std::size_t size = 0;
    std::array<std::uint32_t, 64> chosen;
    for (std::size_t i = 0; i < choice.allowed; ++i) {
      const double adds = worth[i] * (gain_[i] - guess);
      if (worth[i] == 0 || (adds <= 0 && !choice.exact) || (size == most && adds <= best[size - 1])) continue;
      std::size_t rank = size < most ? size++ : size - 1;
      for (; rank > 0 && best[rank - 1] < adds; --rank) {
        best[rank] = best[rank - 1];
        chosen[rank] = chosen[rank - 1];
      }
      best[rank] = adds;
      chosen[rank] = static_cast<std::uint32_t>(i);
    }
    double above = nothing * stay;
    double below = nothing;
    for (std::size_t k = 0; k < size; ++k) {
      above += rank_factors_[k] * worth[chosen[k]] * gain_[chosen[k]];
      below += rank_factors_[k] * worth[chosen[k]];
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
    if (memories_[m].size() > t) continue;  // cannot be reached yet
    const double* reward = &reward_[m * offers_.size()];
    const double* worth = &worth_[m * offers_.size()];
    const Choice choice = choice_at(t, m);
    for (std::size_t cell = 0; cell < cells_; ++cell) {
      const double spent = spent_[m] + static_cast<double>(cell) * width_;
      const bool knows_spent = single_ || (whole_ && cell + 1 < cells_);
      for (std::size_t i = 0; i < choice.allowed; ++i) {
        const std::size_t there = std::min(cell + offers_[i].step, cells_ - 1);
        gain_[i] = reward[i] - prices[i] + after_[at(next_[m * kinds_.size() + offers_[i].kind], there)];
        // More may be spent than the cell's lower end: overload counts if it is rewarded; otherwise only if it is
        // certain.
        const bool over =
            spent + engagement_of(offers_[i].item) > attention_ || (weights_.overload > 0 && !knows_spent);
        if (over) gain_[i] += weights_.overload;
      }
      const double stay = after_[at(m, cell)];
      const double v_nothing = nothing(m, cell);
      const std::size_t size = best_slate(m, v_nothing, stay, choice);
      double above = v_nothing * stay;
      double below = v_nothing;
      std::uint32_t* shown = &shown_[(t * after_.size() + at(m, cell)) * options_.slate];
      std::fill_n(shown, options_.slate, none);
      for (std::size_t k = 0; k < size; ++k) {
        above += rank_factors_[k] * worth[slate_[k]] * gain_[slate_[k]];
        below += rank_factors_[k] * worth[slate_[k]];
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
        const std::uint32_t* shown = &shown_[(t * after_.size() + at(m, cell)) * options_.slate];
        double total = nothing(m, cell);
        for (std::size_t k = 0; k < options_.slate && shown[k] != none; ++k) {
          total += rank_factors_[k] * worth_[m * offers_.size() + shown[k]];
        }
        next[at(m, cell)] += here * nothing(m, cell) / total;
        for (std::size_t k = 0; k < options_.slate && shown[k] != none; ++k) {
          const RelaxedOffer& offer = offers_[shown[k]];
          const double chance = here * rank_factors_[k] * worth_[m * offers_.size() + shown[k]] / total;
          taken[shown[k]] += chance;
          next[at(next_[m * kinds_.size() + offer.kind], std::min(cell + offer.step, cells_ - 1))] += chance;
        }
      }
    }
    now.swap(next);
  }
  return taken;
}

double Relaxation::largest_reward() const {
  return *std::max_element(reward_.begin(), reward_.end());
}

Relaxation::Solution Relaxation::solve(std::span<const double> prices) {
  std::fill(after_.begin(), after_.end(), 0.0);
  for (std::size_t t = options_.steps; t-- > 0;) step_back(t, prices);
  Solution solution{.value = after_[0], .taken = follow()};
  for (const double price : prices) solution.value += price;
  return solution;
}

}  // namespace infodiet::rl
