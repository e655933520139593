#include "rl/diet/diet.hpp"

#include <fmt/format.h>

#include "recsys/evaluation/diversity.hpp"
#include "rl/diet/distribution.hpp"
#include "rl/diet/items.hpp"
#include "rl/diet/people.hpp"

namespace infodiet::rl {

namespace {

std::optional<double> mean_slate_diversity(const Observation& session) {
  double sum = 0;
  double slates = 0;
  for (std::size_t t = 0; t < session.step; ++t) {
    const std::optional<double> diversity = intra_list_diversity(session.slate_at(t));
    if (!diversity) continue;
    sum += *diversity;
    ++slates;
  }
  if (slates == 0) return std::nullopt;
  return sum / slates;
}

void add(std::optional<double>& total, std::optional<double> term) {
  if (term) total = total.value_or(0) + *term;
}

RewardTerms total_terms(const Observation& session) {
  const bool nothing = std::none_of(session.events.begin(), session.events.end(),
                                    [](const Event& event) { return event.chosen != Event::nothing; });
  const std::vector<RewardTerms> steps = step_terms(session);
  RewardTerms total;
  for (const RewardTerm& term : reward_terms()) {
    if (nothing) total.*term.value = 0;
    for (const RewardTerms& step : steps) add(total.*term.value, step.*term.value);
  }
  return total;
}

std::optional<BubbleIndex> bubble_of(std::span<const Candidate> consumed, std::size_t topics) {
  std::vector<std::vector<double>> windows;
  for (; consumed.size() >= bubble_window; consumed = consumed.subspan(bubble_window)) {
    if (const auto shares = topic_shares(consumed.first(bubble_window), topics)) windows.push_back(*shares);
  }
  return bubble_index(windows);
}

/// The plate without metrics of pairs of items, which say little about a pool and are slow.
Plate pool_of(std::span<const Candidate> items, std::size_t topics, ListWeights weights = ListWeights::even) {
  Plate plate;
  plate.items = items.size();
  plate.shares = topic_shares(items, topics, weights);
  if (plate.shares) {
    plate.effective_topics = effective_topics(*plate.shares);
    plate.simpson = simpson(*plate.shares);
    plate.gini = recsys::gini(*plate.shares);
    plate.coverage = coverage(*plate.shares);
    plate.majority_share = majority_share(*plate.shares);
  }
  plate.novelty = mean_novelty(items);
  plate.nutrition = nutrition(items);
  plate.sugar = sugar(items);
  for (const Candidate& item : items) add(plate.minutes, item.minutes);
  return plate;
}

}  // namespace

Plate plate_of(std::span<const Candidate> items, std::size_t topics, ListWeights weights) {
  Plate plate = pool_of(items, topics, weights);
  if (plate.shares) plate.intra_list_diversity = intra_list_diversity(items);
  return plate;
}

Calibration calibration_of(std::span<const double> interest, const Plate& plate) {
  if (interest.empty() || !plate.shares) return {};
  return {.divergence = steck_divergence(interest, *plate.shares),
          .distance = root_jensen_shannon(interest, *plate.shares)};
}

Diet diet_of(const Observation& session) {
  std::vector<Candidate> consumed;
  double spent = 0;
  for (std::size_t t = 0; t < session.step; ++t) {
    spent += session.events[t].engagement;
    if (const Candidate* item = session.chosen_at(t)) consumed.push_back(*item);
  }
  std::vector<Candidate> available;
  available.reserve(session.candidates.size() + consumed.size());  // which may be a large catalogue
  available.insert(available.end(), session.candidates.begin(), session.candidates.end());
  available.insert(available.end(), consumed.begin(), consumed.end());

  Diet diet;
  diet.available = pool_of(available, session.topics);
  diet.shown = pool_of(session.shown, session.topics);
  if (diet.shown.shares) diet.shown.intra_list_diversity = mean_slate_diversity(session);
  diet.consumed = plate_of(consumed, session.topics);
  diet.interest.assign(session.interest.begin(), session.interest.end());
  diet.shown_calibration = calibration_of(session.interest, diet.shown);
  diet.consumed_calibration = calibration_of(session.interest, diet.consumed);
  if (session.attention) diet.overload = overload(spent, *session.attention);
  if (const std::optional<BubbleIndex> bubble = bubble_of(consumed, session.topics)) {
    diet.bubble_index = bubble->slope;
    diet.bubble_error = bubble->error;
  }
  diet.terms = total_terms(session);
  return diet;
}

namespace {

template <Plate Diet::*plate>
void append_plate(std::vector<DietMetric>& metrics, const std::string& name) {
  const auto append = [&](const char* metric, auto value) { metrics.push_back({name + "." + metric, value}); };
  append("effective_topics", [](const Diet& diet) { return (diet.*plate).effective_topics; });
  append("simpson", [](const Diet& diet) { return (diet.*plate).simpson; });
  append("gini", [](const Diet& diet) { return (diet.*plate).gini; });
  append("coverage", [](const Diet& diet) { return (diet.*plate).coverage; });
  append("majority_share", [](const Diet& diet) { return (diet.*plate).majority_share; });
  append("intra_list_diversity", [](const Diet& diet) { return (diet.*plate).intra_list_diversity; });
  append("novelty", [](const Diet& diet) { return (diet.*plate).novelty; });
  append("nutrition", [](const Diet& diet) { return (diet.*plate).nutrition; });
  append("sugar", [](const Diet& diet) { return (diet.*plate).sugar; });
  append("minutes", [](const Diet& diet) { return (diet.*plate).minutes; });
}

std::vector<DietMetric> make_diet_metrics() {
  std::vector<DietMetric> metrics;
  append_plate<&Diet::available>(metrics, "available");
  append_plate<&Diet::shown>(metrics, "shown");
  append_plate<&Diet::consumed>(metrics, "consumed");
  const auto append = [&](const char* name, auto value) { metrics.push_back({name, value}); };
  append("shown.calibration_divergence", [](const Diet& diet) { return diet.shown_calibration.divergence; });
  append("shown.calibration_distance", [](const Diet& diet) { return diet.shown_calibration.distance; });
  append("consumed.calibration_divergence", [](const Diet& diet) { return diet.consumed_calibration.divergence; });
  append("consumed.calibration_distance", [](const Diet& diet) { return diet.consumed_calibration.distance; });
  append("consumed.items", [](const Diet& diet) { return std::optional(static_cast<double>(diet.consumed.items)); });
  append("overload", [](const Diet& diet) { return diet.overload; });
  append("bubble_index", [](const Diet& diet) { return diet.bubble_index; });
  append("bubble_error", [](const Diet& diet) { return diet.bubble_error; });
  for (const RewardTerm& term : reward_terms()) {
    metrics.push_back({fmt::format("terms.{}", term.weight.name),
                       [value = term.value](const Diet& diet) { return diet.terms.*value; }});
  }
  return metrics;
}

}  // namespace

std::span<const DietMetric> diet_metrics() {
  static const std::vector<DietMetric> metrics = make_diet_metrics();
  return metrics;
}

}  // namespace infodiet::rl
