#include "recsys/data/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "recsys/data/time_kind.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

constexpr std::string_view temporal_prefix = "temporal:";

bool is_quantile(double value) {
  return value > 0.0 && value < 1.0;
}

/// Where one history is cut: [0, training) trains, [training, known) is validation, [known, size) is test.
struct Cuts {
  std::size_t training;
  std::size_t known;
};

/// Knows how to cut each history of one data set.
class Splitter {
 public:
  Splitter(const Dataset& data, const Holdout& holdout) : kind_(holdout.kind) {
    if (kind_ == HoldoutKind::temporal) cut_time_ = temporal_cut(data, holdout.quantile);
  }

  Cuts cuts(const History& history) const {
    const std::size_t size = history.size();
    switch (kind_) {
      case HoldoutKind::last:
        if (size < leave_one_out_minimum) return {size, size};
        return {size - 2, size - 1};
      case HoldoutKind::temporal: {
        const auto before = std::lower_bound(history.times.begin(), history.times.end(), cut_time_);
        const auto known = static_cast<std::size_t>(before - history.times.begin());
        return {known >= 2 ? known - 1 : known, known};
      }
      case HoldoutKind::none:
        break;
    }
    return {size, size};
  }

 private:
  HoldoutKind kind_;
  std::int64_t cut_time_ = 0;
};

/// Adds a case for what lies in [begin, end) of a user's history, unless either side of it is empty.
void add_case(std::vector<EvaluationCase>& cases, std::size_t user, const History& history, std::size_t begin,
              std::size_t end) {
  if (begin == 0 || begin == end) return;
  cases.push_back(
      {.user = user, .history = history.first(begin), .targets = history.items.subspan(begin, end - begin)});
}

}  // namespace

Holdout parse_holdout(std::string_view text) {
  if (text == "none") return {.kind = HoldoutKind::none};
  if (text == "last") return {.kind = HoldoutKind::last};
  if (text.starts_with(temporal_prefix)) {
    const std::string_view number = text.substr(temporal_prefix.size());
    double quantile = 0.0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), quantile);
    if (error == std::errc() && end == number.data() + number.size() && is_quantile(quantile)) {
      return {.kind = HoldoutKind::temporal, .quantile = quantile};
    }
  }
  throw DataError(fmt::format(
      "unknown holdout {:?}: expected last, none, or temporal:Q with Q between 0 and 1 (as in temporal:0.9)",
      text.substr(0, 100)));
}

std::string format_holdout(const Holdout& holdout) {
  switch (holdout.kind) {
    case HoldoutKind::none:
      return "none";
    case HoldoutKind::last:
      return "last";
    case HoldoutKind::temporal:
      break;
  }
  return fmt::format("{}{}", temporal_prefix, holdout.quantile);
}

std::int64_t temporal_cut(const Dataset& data, double quantile) {
  if (!is_quantile(quantile)) {
    throw DataError(fmt::format("a temporal holdout cuts at a share between 0 and 1, not at {}", quantile));
  }
  switch (time_kind(data)) {
    case TimeKind::absent:
      throw DataError(
          "a temporal holdout needs the time of every interaction, and some have none: import with times or use "
          "--holdout last");
    case TimeKind::ordinal:
      throw DataError(
          "a temporal holdout needs clock times, but every user's times only count 1, 2, 3, ...: these are positions "
          "and "
          "cannot be compared between users; import with real times or use --holdout last");
    case TimeKind::real:
      break;
  }
  std::vector<std::int64_t> times = data.times;
  const auto position = static_cast<std::size_t>(quantile * static_cast<double>(times.size()));
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(std::min(position, times.size() - 1));
  std::nth_element(times.begin(), middle, times.end());
  const std::int64_t cut = *middle;
  if (*std::min_element(times.begin(), middle + 1) == cut) {
    throw DataError(
        fmt::format("a temporal holdout at {} leaves nothing to learn from: the earliest {} interactions share one "
                    "time ({}); choose "
                    "a later cut or use --holdout last",
                    quantile, position + 1, cut));
  }
  return cut;
}

Dataset training_part(const Dataset& data, const Holdout& holdout) {
  const Splitter splitter(data, holdout);
  Dataset part;
  part.user_ids = data.user_ids;
  part.item_ids = data.item_ids;
  part.offsets.reserve(data.offsets.size());
  part.items.reserve(data.items.size());
  part.times.reserve(data.times.size());
  for (std::size_t user = 0; user < data.users(); ++user) {
    const History history = data.history(user);
    const History kept = history.first(splitter.cuts(history).training);
    part.items.insert(part.items.end(), kept.items.begin(), kept.items.end());
    part.times.insert(part.times.end(), kept.times.begin(), kept.times.end());
    if (!data.weights.empty()) {
      const auto weights = data.weights.begin() + static_cast<std::ptrdiff_t>(data.offsets[user]);
      part.weights.insert(part.weights.end(), weights, weights + static_cast<std::ptrdiff_t>(kept.size()));
    }
    if (!data.low.empty()) {
      const auto low = data.low_of(user).first(kept.size());
      part.low.insert(part.low.end(), low.begin(), low.end());
    }
    part.offsets.push_back(part.items.size());
  }
  return part;
}

std::vector<EvaluationCase> validation_cases(const Dataset& data, const Holdout& holdout) {
  const Splitter splitter(data, holdout);
  std::vector<EvaluationCase> cases;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const History history = data.history(user);
    const Cuts cuts = splitter.cuts(history);
    add_case(cases, user, history, cuts.training, cuts.known);
  }
  return cases;
}

std::vector<EvaluationCase> test_cases(const Dataset& data, const Holdout& holdout) {
  const Splitter splitter(data, holdout);
  std::vector<EvaluationCase> cases;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const History history = data.history(user);
    add_case(cases, user, history, splitter.cuts(history).known, history.size());
  }
  return cases;
}

}  // namespace infodiet::recsys
