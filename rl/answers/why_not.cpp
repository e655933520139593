#include "rl/answers/why_not.hpp"

#include <algorithm>

#include "recsys/attention/similarity.hpp"
#include "recsys/data/liking.hpp"
#include "rl/answers/filter.hpp"

namespace infodiet::rl {

namespace {

constexpr std::size_t list_length = 10;
// How many of the most similar items are tried.
constexpr std::size_t alike_tried = 24;

bool has(const std::vector<recsys::ItemIndex>& items, recsys::ItemIndex item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// The rank of an item among those that may be listed.
class Standing {
 public:
  Standing(const View& view, const Profile& profile, recsys::ItemIndex item)
      : item_(item), listed_(shown_mask(view, {})) {
    if (listed_.empty()) listed_.assign(view.items().size(), 1);
    shown_ = listed_[item] != 0;
    for (const recsys::ItemIndex one : recsys::never_listed(view.repeats(), profile.history(), profile.low)) {
      listed_[one] = 0;
    }
    never_ = listed_[item] == 0;
    listed_[item] = 1;
  }

  bool shown() const { return shown_; }
  bool never() const { return never_; }
  std::size_t among() const {
    return listed_.size() - static_cast<std::size_t>(std::count(listed_.begin(), listed_.end(), 0));
  }
  std::size_t rank(std::span<const float> scores) const {
    std::size_t rank = 1;
    const recsys::ScoredItem own{item_, scores[item_]};
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const recsys::ScoredItem other{static_cast<recsys::ItemIndex>(i), scores[i]};
      if (listed_[i] != 0 && recsys::better(other, own)) ++rank;
    }
    return rank;
  }
  std::vector<recsys::ScoredItem> best(std::span<const float> scores) const {
    std::vector<std::uint8_t> others = listed_;
    if (never_) others[item_] = 0;
    recsys::TopK best;
    const auto list = recsys::top_k(scores, {.mask = others}, list_length, best);
    return {list.begin(), list.end()};
  }

 private:
  recsys::ItemIndex item_;
  std::vector<std::uint8_t> listed_;
  bool shown_ = true;
  bool never_ = false;
};

std::vector<float> scores_of(const recsys::Recommender& model, const recsys::History& history) {
  std::vector<float> scores(model.catalogue_size());
  model.score({&history, 1}, {scores.data(), 1, scores.size()});
  return scores;
}

std::string why_never(const Profile& profile, recsys::ItemIndex item, const Standing& standing) {
  if (!standing.never()) return {};
  if (!standing.shown()) return "it is hidden, or not available now";
  const std::vector<recsys::ItemIndex> low = recsys::low_items(profile.history(), profile.low);
  if (std::binary_search(low.begin(), low.end(), item)) return "it was consumed before and rated low";
  return "it was consumed before, and repeats are forbidden";
}

std::vector<Lift> missing_for(const View& view, const Profile& profile, recsys::ItemIndex item,
                              const Standing& standing, float score) {
  const recsys::BlendedModel& model = view.require_model();
  std::vector<Lift> missing;
  for (const recsys::ScoredItem& alike : recsys::similar_items(model, item, alike_tried, {})) {
    if (has(profile.items, alike.item)) continue;
    Profile with = profile;
    with.items.push_back(alike.item);
    if (!with.times.empty()) with.times.push_back(with.times.back());
    const std::vector<float> scores = scores_of(model, with.history());
    const double gain = static_cast<double>(scores[item]) - static_cast<double>(score);
    if (gain > 0) missing.push_back({alike.item, gain, standing.rank(scores)});
  }
  std::stable_sort(missing.begin(), missing.end(), [](const Lift& a, const Lift& b) { return a.gain > b.gain; });
  return missing;
}

}  // namespace

WhyNot why_not(const View& view, engine::ThreadPool& pool, const Profile& profile, recsys::ItemIndex item,
               std::size_t count) {
  const Explanation explanation = explain(view, pool, profile, item, count);
  const std::vector<float> scores = scores_of(view.require_model(), profile.history());
  const Standing standing(view, profile, item);
  const std::vector<recsys::ScoredItem> best = standing.best(scores);
  WhyNot result{.model = explanation.model,
                .score = explanation.score,
                .chance = explanation.chance,
                .dated = explanation.dated,
                .never = why_never(profile, item, standing),
                .rank = standing.rank(scores),
                .among = standing.among(),
                .length = best.size(),
                .last = best.empty() ? recsys::ScoredItem{item, scores[item]} : best.back(),
                .missing = missing_for(view, profile, item, standing, scores[item]),
                .against = explanation.against};
  result.missing.resize(std::min(result.missing.size(), count));
  return result;
}

}  // namespace infodiet::rl
