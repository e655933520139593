#include "rl/answers/recommend.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recsys/errors.hpp"
#include "recsys/ranking/everyone.hpp"
#include "recsys/reasons/explanation.hpp"
#include "recsys/reasons/places_to_ask.hpp"
#include "rl/agent/agent_picks.hpp"
#include "rl/environments/catalogue.hpp"
#include "rl/policies/balanced_list.hpp"

namespace infodiet::rl {

namespace {

/// Only those without which the score falls, repeated items taken together.
std::vector<Carrier> carriers_of(const Influence& influence, std::size_t pick) {
  std::vector<Carrier> carriers;
  double total = 0;
  for (std::size_t p = 0; p < influence.places.size(); ++p) {
    const double drop = static_cast<double>(influence.drops(p, pick));
    if (drop <= 0) continue;
    total += drop;
    const recsys::ItemIndex item = influence.seen.items[influence.places[p]];
    const auto same = std::find_if(carriers.begin(), carriers.end(), [&](const Carrier& c) { return c.item == item; });
    if (same == carriers.end()) {
      carriers.push_back({item, drop});
    } else {
      same->weight += drop;
    }
  }
  std::stable_sort(carriers.begin(), carriers.end(),
                   [](const Carrier& a, const Carrier& b) { return a.weight > b.weight; });
  carriers.resize(std::min(carriers.size(), most_carriers));
  for (Carrier& carrier : carriers) carrier.weight /= total;
  return carriers;
}

std::vector<recsys::ScoredItem> best_of(const recsys::Recommender& model, engine::ThreadPool& pool,
                                        const recsys::History& history, std::size_t k) {
  std::vector<std::vector<recsys::ScoredItem>> lists;
  model.recommend(pool, {&history, 1}, k, lists);
  return std::move(lists.front());
}

std::vector<recsys::ScoredItem> list_of(const View& view, const recsys::Recommender& model, engine::ThreadPool& pool,
                                        const recsys::History& history, const RecommendOptions& options) {
  if (options.diet == 0) return best_of(model, pool, history, options.k);
  const BalanceOptions balance{.weight = options.diet, .length = options.k};
  return balanced_list(best_of(model, pool, history, balance.candidates()), history, view.topics(), balance);
}

std::string why_popular(const View& view, const Profile& profile) {
  if (view.model() == nullptr) return "no model is trained yet: 'infodiet train' makes one";
  if (profile.key.empty()) return "there is no history to go by";
  return fmt::format("user '{}' {}", profile.key, profile.stored ? "has no history" : "is not known");
}

Recommendation listed(std::string model, std::string fallback, std::span<const recsys::ScoredItem> list) {
  Recommendation result{.model = std::move(model), .fallback = std::move(fallback)};
  for (const recsys::ScoredItem& scored : list) result.picks.push_back({.scored = scored});
  return result;
}

Recommendation by_agent(const View& view, engine::ThreadPool& pool, const Profile& profile, std::size_t k) {
  const AgentModel& agent = view.agent();
  const recsys::Recommender& recommender = view.model() ? *view.model() : view.popularity();
  // In simulation it learned to choose among so many.
  const std::size_t offered = std::max(k, CatalogueOptions{}.candidates);
  const std::vector<recsys::ScoredItem> offers = best_of(recommender, pool, profile.history(), offered);
  return listed("agent", {}, agent_picks(agent, view.world(), profile.items, offers, k));
}

}  // namespace

Influence influence_on(const View& view, engine::ThreadPool& pool, const Profile& profile,
                       std::span<const recsys::ItemIndex> picks) {
  const recsys::BlendedModel& model = view.require_model();
  const recsys::History whole = profile.history();
  Influence influence{.seen = whole.last(std::min(whole.size(), model.attention().config().max_length))};
  influence.places = recsys::places_to_ask(model.attention(), influence.seen);
  influence.attention = model.attention().attention_of_last(influence.seen);
  influence.drops = recsys::score_drops(model, pool, influence.seen, influence.places, picks);
  return influence;
}

Recommendation recommend(const View& view, engine::ThreadPool& pool, const Profile& profile,
                         const RecommendOptions& options) {
  if (options.diet > 0 && view.topics().names.empty()) {
    throw recsys::DataError(
        fmt::format("the items of {} have no topics to balance; import items with topics (a column of genres will do)",
                    view.path()));
  }
  if (options.chooser == Chooser::agent) return by_agent(view, pool, profile, options.k);
  const recsys::History history = profile.history();
  if (view.model() == nullptr || history.size() == 0) {
    const recsys::Recommender& popularity = view.popularity();
    return listed(popularity.name(), why_popular(view, profile), list_of(view, popularity, pool, history, options));
  }
  Recommendation result = listed(view.model()->name(), {}, list_of(view, *view.model(), pool, history, options));
  if (options.reasons) add_carriers(view, pool, profile, result.picks);
  return result;
}

void add_carriers(const View& view, engine::ThreadPool& pool, const Profile& profile, std::vector<Pick>& picks) {
  std::vector<recsys::ItemIndex> items;
  for (const Pick& pick : picks) items.push_back(pick.scored.item);
  const Influence influence = influence_on(view, pool, profile, items);
  for (std::size_t i = 0; i < items.size(); ++i) picks[i].because = carriers_of(influence, i);
}

void recommend_to_everyone(const View& view, engine::ThreadPool& pool, std::size_t k,
                           const std::function<void(std::size_t, const Recommendation&)>& visit) {
  const recsys::BlendedModel& model = view.require_model();
  const recsys::Dataset& data = view.histories();
  const std::vector<recsys::ScoredItem> popular = best_of(view.popularity(), pool, {}, k);
  recsys::recommend_to_everyone(model, data, k, pool, [&](std::size_t user, std::span<const recsys::ScoredItem> list) {
    if (data.history(user).size() > 0) return visit(user, listed(model.name(), {}, list));
    const Profile nobody{.key = view.users()[user].key, .stored = true};
    visit(user, listed(view.popularity().name(), why_popular(view, nobody), popular));
  });
}

}  // namespace infodiet::rl
