#include "rl/answers/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "recsys/data/liking.hpp"
#include "recsys/data/time_kind.hpp"
#include "recsys/errors.hpp"

namespace infodiet::rl {

namespace {

bool dated(const Profile& profile) {
  recsys::Dataset alone;
  alone.items = profile.items;
  alone.times = profile.times;
  alone.offsets.push_back(profile.items.size());
  return recsys::time_kind(alone) == recsys::TimeKind::real;
}

// The same bits as in a list.
float listed_score(const recsys::Recommender& model, engine::ThreadPool& pool, const recsys::History& history,
                   recsys::ItemIndex item) {
  std::vector<std::uint8_t> alone(model.catalogue_size(), 0);
  alone[item] = 1;
  const recsys::ListQuery query{history, {.mask = alone}};
  std::vector<std::vector<recsys::ScoredItem>> lists;
  model.recommend(pool, {&query, 1}, 1, lists);
  if (lists.front().empty()) {
    throw recsys::DamagedError(fmt::format(
        "{} gives the item a score that is not a number: its training diverged; train again", model.name()));
  }
  return lists.front().front().score;
}

}  // namespace

Explanation explain(const View& view, engine::ThreadPool& pool, const Profile& profile, recsys::ItemIndex item,
                    std::size_t count) {
  if (profile.items.empty()) {
    throw recsys::DataError(fmt::format("user '{}' has no history, so nothing can explain a score", profile.key));
  }
  const recsys::BlendedModel& model = view.require_model();
  const recsys::History whole = profile.history();
  const recsys::History seen = whole.last(std::min(whole.size(), model.attention().config().max_length));
  const auto reasons =
      view.reason_cache().get(seen, item, [&] { return recsys::reasons(model, pool, seen, item, seen.size()); });
  const std::vector<recsys::ItemIndex> low = recsys::low_items(whole, profile.low);
  const std::vector<double> attention = model.attention_of_last(seen);

  Explanation explanation{
      .model = model.name(), .score = listed_score(model, pool, whole, item), .dated = dated(profile)};
  if (model.mixes()) explanation.chance = std::exp(static_cast<double>(explanation.score));
  for (const recsys::Reason& reason : *reasons) {
    if (std::abs(reason.share) < recsys::least_share) continue;
    const bool is_low = std::binary_search(low.begin(), low.end(), seen.items[reason.position]);
    if (is_low && reason.share > 0) continue;
    std::vector<Grounds>& side = reason.share > 0 ? explanation.because : explanation.against;
    side.push_back({.item = seen.items[reason.position],
                    .time = seen.times.empty() ? std::nullopt : std::optional(seen.times[reason.position]),
                    .attention = attention[reason.position],
                    .reason = reason});
  }
  std::stable_sort(explanation.against.begin(), explanation.against.end(),
                   [](const Grounds& a, const Grounds& b) { return a.reason.share < b.reason.share; });
  for (std::vector<Grounds>* side : {&explanation.because, &explanation.against}) {
    side->resize(std::min(side->size(), count));
  }
  return explanation;
}

recsys::Faithfulness measure_reasons(const View& view, engine::ThreadPool& pool,
                                     const recsys::FaithfulnessOptions& options) {
  const recsys::BlendedModel& model = view.require_model();
  const recsys::Dataset& data = view.histories();
  std::vector<recsys::History> histories;
  for (std::size_t user = 0; user < data.users(); ++user) histories.push_back(data.history(user));
  recsys::FaithfulnessOptions asked = options;
  asked.repeats = view.repeats();
  return recsys::measure_faithfulness(model, pool, histories, asked);
}

}  // namespace infodiet::rl
