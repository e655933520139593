#include "rl/runs/diet_recorder.hpp"

#include <algorithm>

#include "engine/shape.hpp"
#include "rl/diet/people.hpp"

namespace infodiet::rl {

DietRecorder::DietRecorder(const SessionPlan& plan)
    : plan_(plan),
      values_(plan.count * diet_metrics().size()),
      taste_on_the_way_(plan.count),
      taste_at_the_end_(plan.count),
      first_consumed_(std::min(most_people_compared, (plan.count + plan.sessions_each - 1) / plan.sessions_each)) {}

void DietRecorder::digest(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) {
  const std::span<const DietMetric> metrics = diet_metrics();
  Observation seen;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    sessions.observe(i, seen);
    const Diet diet = diet_of(seen);
    const std::size_t session = sessions.number(i) - plan_.first;
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      values_[session * metrics.size() + m] = metrics[m].value(diet);
    }
    if (taste_at_the_end_[session] = outcomes.row(outcomes.rows - 1)[i].taste_topics; taste_at_the_end_[session]) {
      double sum = 0;
      for (std::size_t t = 0; t < outcomes.rows; ++t) sum += outcomes.row(t)[i].taste_topics.value_or(0);
      taste_on_the_way_[session] = sum / static_cast<double>(outcomes.rows);
    }
    const std::size_t person = session / plan_.sessions_each;
    if (session % plan_.sessions_each == 0 && person < first_consumed_.size()) {
      first_consumed_[person] = diet.consumed.shares;
    }
  }
}

void DietRecorder::pack(engine::Packed& packed) const {
  packed.add_all(values_);
  packed.add_all(taste_on_the_way_);
  packed.add_all(taste_at_the_end_);
  packed.add_value<std::uint64_t>(first_consumed_.size());
  for (const auto& person : first_consumed_) {
    packed.add_value(person.has_value());
    if (person) packed.add_all(*person);
  }
}

void DietRecorder::unpack(engine::Packed& packed, std::size_t first, std::size_t count) {
  const auto take = [&](std::vector<std::optional<double>>& values, std::size_t stride) {
    const auto theirs = packed.take_all<std::vector<std::optional<double>>>();
    engine::require_size(theirs.size(), count * stride, "diet recorder", "the numbers", "one for each session");
    std::copy(theirs.begin(), theirs.end(), values.begin() + static_cast<std::ptrdiff_t>(first * stride));
  };
  take(values_, diet_metrics().size());
  take(taste_on_the_way_, 1);
  take(taste_at_the_end_, 1);
  const auto people = packed.take_value<std::uint64_t>();
  for (std::size_t person = first / plan_.sessions_each; person < first / plan_.sessions_each + people; ++person) {
    if (!packed.take_value<bool>()) continue;
    auto shares = packed.take_all<std::vector<double>>();
    if (person < first_consumed_.size()) first_consumed_[person] = std::move(shares);
  }
}

std::optional<double> DietRecorder::value(std::size_t session, std::size_t metric) const {
  return values_.at(session * diet_metrics().size() + metric);
}

std::optional<DietRecorder::Summary> DietRecorder::summary(std::size_t metric) const {
  return summary_of(values_, diet_metrics().size(), metric);
}

std::optional<DietRecorder::Summary> DietRecorder::summary_of(std::span<const std::optional<double>> values,
                                                              std::size_t stride, std::size_t column) const {
  std::vector<double> people;  // means of people
  std::size_t sessions = 0;
  for (std::size_t begin = 0; begin < plan_.count; begin += plan_.sessions_each) {
    double sum = 0;
    std::size_t known = 0;
    for (std::size_t i = begin; i < std::min<std::size_t>(begin + plan_.sessions_each, plan_.count); ++i) {
      const std::optional<double>& number = values[i * stride + column];
      if (!number) continue;
      sum += *number;
      ++known;
    }
    if (known > 0) people.push_back(sum / static_cast<double>(known));
    sessions += known;
  }
  if (people.empty()) return std::nullopt;
  return Summary{estimate(people), sessions};
}

std::optional<double> DietRecorder::consumed_fragmentation() const {
  std::vector<std::vector<double>> shares;
  for (const auto& person : first_consumed_) {
    if (person) shares.push_back(*person);
  }
  return fragmentation(shares);
}

}  // namespace infodiet::rl
