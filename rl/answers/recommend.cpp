#include "rl/answers/recommend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "recsys/data/liking.hpp"
#include "recsys/errors.hpp"
#include "recsys/ranking/everyone.hpp"
#include "recsys/reasons/explanation.hpp"
#include "rl/agent/agent_picks.hpp"
#include "rl/policies/calibrated_list.hpp"

namespace infodiet::rl {

namespace {

/// Only interactions without which the score falls; of several with one item, the strongest.
std::vector<Carrier> carriers_of(const Influence& influence, std::size_t pick) {
  std::vector<double> drops;
  for (std::size_t position = 0; position < influence.seen.size(); ++position) {
    drops.push_back(static_cast<double>(influence.drops(position, pick)));
  }
  std::vector<Carrier> carriers;
  for (std::size_t position = 0; position < drops.size(); ++position) {
    const recsys::ItemIndex item = influence.seen.items[position];
    const double share = recsys::share_of(drops[position], drops);
    if (share < recsys::least_share || influence.is_low(item)) continue;
    const auto same = std::find_if(carriers.begin(), carriers.end(), [&](const Carrier& c) { return c.item == item; });
    if (same == carriers.end()) {
      carriers.push_back({item, share});
    } else {
      same->weight = std::max(same->weight, share);
    }
  }
  std::stable_sort(carriers.begin(), carriers.end(),
                   [](const Carrier& a, const Carrier& b) { return a.weight > b.weight; });
  carriers.resize(std::min(carriers.size(), most_carriers));
  return carriers;
}

/// Makes lists of the items that the filter and repeats allow.
class ListMaker {
 public:
  ListMaker(const View& view, engine::ThreadPool& pool, const Filter& filter)
      : view_(view), pool_(pool), mask_(shown_mask(view, filter)) {}

  std::span<const std::uint8_t> mask() const { return mask_; }

  std::vector<recsys::ScoredItem> best(const recsys::Recommender& model, const Profile& profile, std::size_t k) const {
    const recsys::History history = profile.history();
    const std::vector<recsys::ItemIndex> refused = recsys::never_listed(view_.repeats(), history, profile.low);
    const recsys::ListQuery query{history, {.excluded = refused, .mask = mask_}};
    std::vector<std::vector<recsys::ScoredItem>> lists;
    model.recommend(pool_, {&query, 1}, k, lists);
    return std::move(lists.front());
  }

  std::vector<recsys::ScoredItem> list(const recsys::Recommender& model, const Profile& profile,
                                       const RecommendOptions& options) const {
    if (options.diet == 0) return best(model, profile, options.k);
    const BalanceOptions balance{.weight = options.diet, .length = options.k};
    return calibrated_list(best(model, profile, balance.candidates()), profile.history(), view_.topics(), balance);
  }

 private:
  const View& view_;
  engine::ThreadPool& pool_;
  std::vector<std::uint8_t> mask_;
};

std::string why_popular(const View& view, const Profile& profile) {
  if (view.model() == nullptr) return "no model is trained yet: run 'infodiet train'";
  if (profile.key.empty()) return "there is no history";
  return fmt::format("user '{}' {}", profile.key, profile.stored ? "has no history" : "is not known");
}

Recommendation listed(std::string model, std::string fallback, std::span<const recsys::ScoredItem> list) {
  Recommendation result{.model = std::move(model), .fallback = std::move(fallback)};
  for (const recsys::ScoredItem& scored : list) result.picks.push_back({.scored = scored});
  return result;
}

Recommendation by_agent(const View& view, const ListMaker& maker, const Profile& profile, std::size_t k) {
  const CatalogueAgent& agent = view.agent();
  const recsys::Recommender& recommender = view.model() ? *view.model() : view.popularity();
  // In simulation it learned to choose among this many.
  const std::size_t offered = std::max(k, agent.options.candidates);
  const std::vector<recsys::ScoredItem> offers = maker.best(recommender, profile, offered);
  return listed("agent", {}, agent_picks(agent, view.world(), profile.items, offers, k));
}

}  // namespace

Influence influence_on(const View& view, engine::ThreadPool& pool, const Profile& profile,
                       std::span<const recsys::ItemIndex> picks) {
  const recsys::BlendedModel& model = view.require_model();
  const recsys::History whole = profile.history();
  Influence influence{.seen = whole.last(std::min(whole.size(), model.attention().config().max_length))};
  influence.low = recsys::low_items(whole, profile.low);
  influence.attention = model.attention_of_last(influence.seen);
  std::vector<std::size_t> positions(influence.seen.size());
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  influence.drops = recsys::score_drops(model, pool, influence.seen, positions, picks);
  return influence;
}

Recommendation recommend(const View& view, engine::ThreadPool& pool, const Profile& profile,
                         const RecommendOptions& options) {
  if (options.diet > 0 && view.topics().names.empty()) {
    throw recsys::DataError(fmt::format(
        "the items of {} have no topics to balance; import items with topics (a column of genres is enough)",
        view.path()));
  }
  const ListMaker maker(view, pool, options.filter);
  const bool by_model = view.model() != nullptr && !profile.items.empty();
  const recsys::Recommender& model =
      by_model ? static_cast<const recsys::Recommender&>(*view.model()) : view.popularity();
  Recommendation result =
      options.chooser == Chooser::agent
          ? by_agent(view, maker, profile, options.k)
          : listed(model.name(), by_model ? "" : why_popular(view, profile), maker.list(model, profile, options));
  if (result.picks.empty()) result.nothing = why_nothing(view, maker.mask());
  if (!by_model) return result;
  if (options.chooser == Chooser::recommender && view.model()->mixes()) {
    for (Pick& pick : result.picks) pick.chance = std::exp(static_cast<double>(pick.scored.score));
  }
  if (options.reasons) add_carriers(view, pool, profile, result.picks);
  return result;
}

void add_carriers(const View& view, engine::ThreadPool& pool, const Profile& profile, std::vector<Pick>& picks) {
  std::vector<recsys::ItemIndex> items;
  items.reserve(picks.size());
  for (const Pick& pick : picks) items.push_back(pick.scored.item);
  const Influence influence = influence_on(view, pool, profile, items);
  for (std::size_t i = 0; i < items.size(); ++i) picks[i].because = carriers_of(influence, i);
}

void batch_recommend(const View& view, engine::ThreadPool& pool, std::size_t k, const Filter& filter,
                     const std::function<void(std::size_t, const Recommendation&)>& visit) {
  const recsys::BlendedModel& model = view.require_model();
  const recsys::Dataset& data = view.histories();
  const ListMaker maker(view, pool, filter);
  const std::vector<recsys::ScoredItem> popular = maker.best(view.popularity(), {}, k);
  const recsys::ListRules rules{.k = k, .repeats = view.repeats(), .mask = maker.mask()};
  recsys::batch_recommend(model, data, rules, pool, [&](std::size_t user, std::span<const recsys::ScoredItem> list) {
    if (data.history(user).size() > 0) return visit(user, listed(model.name(), {}, list));
    const Profile nobody{.key = std::string(view.users()[user]), .stored = true};
    visit(user, listed(view.popularity().name(), why_popular(view, nobody), popular));
  });
}

}  // namespace infodiet::rl
