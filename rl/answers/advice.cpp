#include "rl/answers/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "rl/diet/items.hpp"

namespace infodiet::rl {

namespace {

constexpr double good_share = 0.6;         // a figure worth keeping beats this share of peers
constexpr double weak = 0.5;               // a figure to work on is beaten by this share of peers
constexpr std::size_t share_of_items = 5;  // a change replaces one item in this many
constexpr std::size_t topics_tried = 20;

/// Somebody's latest items, and their figures if some were replaced.
class Adviser {
 public:
  Adviser(const DataWorld& world, const recsys::History& history, const Diet& diet, const Population& peers)
      : world_(world), diet_(diet), peers_(peers) {
    const recsys::History latest = history.last(std::min(history.size(), label_items));
    for (const recsys::ItemIndex item : latest.items) items_.push_back(world.catalogue[item]);
  }

  /// A change that improves the figure, if one was found.
  std::optional<Advice> on(std::size_t metric) const {
    const std::string_view key = label_metrics()[metric].key;
    if (key == "nutrition") {
      return leave_out(metric, "The items' mean quality is", "those of the lowest quality",
                       [](const Candidate& item) { return item.quality; });
    }
    if (key == "novelty") {
      return leave_out(
          metric, "It stays with what most people consume: its novelty is", "the most popular ones",
          [](const Candidate& item) { return item.popularity ? std::optional(-*item.popularity) : std::nullopt; });
    }
    if (key == "sugar") {
      return leave_out(metric, "The items' mean clickbait is", "those with most clickbait", [](const Candidate& item) {
        return item.clickbait ? std::optional(-*item.clickbait) : std::nullopt;
      });
    }
    if (key == "bubble_index") return on_narrowing(metric);
    return swap_topics(metric);
  }

 private:
  double before(std::size_t metric) const { return *label_metrics()[metric].value(diet_); }

  /// The figure with these items; nothing if it is not better in the two decimals shown.
  std::optional<double> better_with(std::size_t metric, std::span<const Candidate> items) const {
    Diet changed;
    changed.consumed.nutrition = nutrition(items);
    changed.consumed.sugar = sugar(items);
    changed.consumed.novelty = mean_novelty(items);
    changed.stretches = stretches_of(items, world_.topics.size(), world_.stretch);
    const std::optional<double> after = label_metrics()[metric].value(changed);
    constexpr double shown = 0.01;
    const double gain = after ? *after - before(metric) : 0;
    return (label_metrics()[metric].better == Better::more ? gain : -gain) > shown ? after : std::nullopt;
  }

  /// The items without the fifth of them with the lowest `goodness`.
  template <class Goodness>
  std::optional<Advice> leave_out(std::size_t metric, const char* what_it_is, const char* which,
                                  const Goodness& goodness) const {
    std::vector<Candidate> known;
    std::copy_if(items_.begin(), items_.end(), std::back_inserter(known),
                 [&](const Candidate& item) { return goodness(item).has_value(); });
    std::stable_sort(known.begin(), known.end(),
                     [&](const Candidate& a, const Candidate& b) { return *goodness(a) < *goodness(b); });
    const std::size_t left_out = std::max<std::size_t>(1, known.size() / share_of_items);
    const std::optional<double> after = better_with(metric, std::span(known).subspan(left_out));
    if (!after) return std::nullopt;
    return Advice{
        metric, after,
        fmt::format("{} {:.2f} against a median of {:.2f}: without {} of its {} items, {}, it would "
                    "be {:.2f}.",
                    what_it_is, before(metric), peers_.quantile(metric, 0.5), left_out, items_.size(), which, *after)};
  }

  /// Replaces one in five items, evenly spaced and of the largest topic, by items of `topic` alone.
  std::vector<Candidate> swapped(std::size_t largest, Topic& topic, std::size_t& swaps) const {
    std::vector<std::size_t> of_largest;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const auto& topics = items_[i].topics;
      if (std::find(topics.begin(), topics.end(), largest) != topics.end()) of_largest.push_back(i);
    }
    swaps = std::min(of_largest.size(), std::max<std::size_t>(1, items_.size() / share_of_items));
    std::vector<Candidate> items = items_;
    for (std::size_t s = 0; s < swaps; ++s) {
      items[of_largest[s * of_largest.size() / swaps]].topics = std::span<const Topic>(&topic, 1);
    }
    return items;
  }

  /// (topics) sorted by how far their available share exceeds their share of the diet, largest first.
  std::vector<Topic> most_neglected() const {
    const std::vector<double> offered = *topic_shares(world_.catalogue.all(), world_.topics.size());
    const std::vector<double>& taken = *diet_.consumed.shares;
    std::vector<Topic> order(offered.size());
    std::iota(order.begin(), order.end(), Topic{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](Topic a, Topic b) { return offered[a] - taken[a] > offered[b] - taken[b]; });
    return order;
  }

  std::optional<Advice> swap_topics(std::size_t metric) const {
    const std::vector<double>& shares = *diet_.consumed.shares;
    const auto largest = static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
    const std::vector<Topic> order = most_neglected();
    const bool more = label_metrics()[metric].better == Better::more;
    std::optional<Advice> best;
    for (Topic topic : std::span(order).first(std::min(order.size(), topics_tried))) {
      if (topic == largest) continue;
      std::size_t swaps = 0;
      const std::optional<double> after = better_with(metric, swapped(largest, topic, swaps));
      if (!after || (best && (more ? *after <= *best->after : *after >= *best->after))) continue;
      best =
          Advice{metric, after,
                 fmt::format("{:.0f} % of it is {}: with {} of its {} items from {} instead, of which it has {:.0f} "
                             "% now, its {} would go from {:.2f} to {:.2f}.",
                             100 * shares[largest], world_.topics[largest], swaps, items_.size(), world_.topics[topic],
                             100 * shares[topic], label_metrics()[metric].title, before(metric), *after)};
    }
    return best;
  }

  /// Only if the slope exceeds two standard errors.
  std::optional<Advice> on_narrowing(std::size_t metric) const {
    if (!diet_.bubble_error || before(metric) <= 2 * *diet_.bubble_error) return std::nullopt;
    return Advice{
        metric,
        {},
        fmt::format("With every five items its mix of topics narrows by {:.1f} % of all topics, give or take {:.1f}: "
                    "it leaves out most of {}.",
                    100 * before(metric), 200 * *diet_.bubble_error, world_.topics[most_neglected().front()])};
  }

  const DataWorld& world_;
  const Diet& diet_;
  const Population& peers_;
  std::vector<Candidate> items_;
};

}  // namespace

std::vector<Advice> advise(const DataWorld& world, const recsys::History& history, const Diet& diet,
                           const Population& peers) {
  const std::span<const LabelMetric> metrics = label_metrics();
  std::vector<std::size_t> graded;
  std::vector<double> standing(metrics.size());
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    const std::optional<double> value = metrics[m].value(diet);
    if (!value || !grade(peers, m, *value)) continue;
    standing[m] = peers.better_than(m, *value);
    graded.push_back(m);
  }
  if (graded.empty()) return {};
  std::stable_sort(graded.begin(), graded.end(),
                   [&](std::size_t a, std::size_t b) { return standing[a] < standing[b]; });

  const Adviser adviser(world, history, diet, peers);
  const auto worth_keeping = [&](std::size_t metric) {
    const bool narrows = metrics[metric].about == About::time && *metrics[metric].value(diet) > 0;
    return standing[metric] >= good_share && !narrows;
  };
  const auto strongest = std::find_if(graded.rbegin(), graded.rend(), worth_keeping);
  const bool keeps = strongest != graded.rend();
  std::vector<Advice> advice;
  for (const std::size_t metric : graded) {
    if (standing[metric] >= weak || advice.size() == (keeps ? 1 : 2)) break;
    const bool said =
        !advice.empty() && metrics[metric].about == About::topics && metrics[advice[0].metric].about == About::topics;
    if (said) continue;
    if (std::optional<Advice> found = adviser.on(metric)) advice.push_back(std::move(*found));
  }
  if (keeps) {
    advice.push_back(
        {*strongest,
         {},
         fmt::format("{} is worth keeping: better than for {:.0f} % of people with a history of about the same length.",
                     metrics[*strongest].praise, std::min(99.0, 100 * standing[*strongest]))});
  }
  return advice;
}

}  // namespace infodiet::rl
