#include "rl/answers/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

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

}  // namespace

Explanation explain(const View& view, engine::ThreadPool& pool, const Profile& profile, recsys::ItemIndex item,
                    std::size_t count) {
  if (profile.items.empty()) {
    throw recsys::DataError(fmt::format("user '{}' has no history, so there is nothing to explain by", profile.key));
  }
  const recsys::BlendedModel& model = view.require_model();
  const recsys::History whole = profile.history();
  const recsys::History seen = whole.last(std::min(whole.size(), model.attention().config().max_length));
  const std::vector<recsys::Reason> reasons = recsys::reasons(model, pool, seen, item, count);
  const std::vector<double> attention = model.attention().attention_of_last(seen);
  std::vector<float> scores(model.catalogue_size());
  model.score({&seen, 1}, {scores.data(), 1, scores.size()});

  Explanation explanation{.model = model.name(), .score = scores[item], .dated = dated(profile)};
  double total = 0;
  for (const recsys::Reason& reason : reasons) total += std::max(0.0, reason.contribution);
  for (const recsys::Reason& reason : reasons) {
    explanation.because.push_back({.item = seen.items[reason.place],
                                   .time = seen.times.empty() ? std::nullopt : std::optional(seen.times[reason.place]),
                                   .weight = total > 0 ? reason.contribution / total : 0,
                                   .attention = attention[reason.place],
                                   .reason = reason});
  }
  return explanation;
}

recsys::Faithfulness measure_reasons(const View& view, engine::ThreadPool& pool,
                                     const recsys::FaithfulnessOptions& options) {
  const recsys::BlendedModel& model = view.require_model();
  const recsys::Dataset& data = view.histories();
  std::vector<recsys::History> histories;
  for (std::size_t user = 0; user < data.users(); ++user) histories.push_back(data.history(user));
  return recsys::measure_faithfulness(model, pool, histories, options);
}

}  // namespace infodiet::rl
