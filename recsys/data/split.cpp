#include "recsys/data/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "recsys/data/time_kind.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

constexpr std::string_view temporal_prefix = "temporal:";
constexpr std::string_view refit_suffix = ":refit";

bool is_quantile(double value) {
  return value > 0.0 && value < 1.0;
}

/// The value at `quantile` of `times` (not empty). Throws DataError if nothing lies before it.
std::int64_t cut_among(std::vector<std::int64_t> times, double quantile) {
  const auto position = static_cast<std::size_t>(quantile * static_cast<double>(times.size()));
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(std::min(position, times.size() - 1));
  std::nth_element(times.begin(), middle, times.end());
  const std::int64_t cut = *middle;
  if (*std::min_element(times.begin(), middle + 1) == cut) {
    throw DataError(
        fmt::format("a temporal holdout at {} leaves nothing to train on: the earliest {} interactions share one "
                    "time ({}); choose a later cut or use --holdout last",
                    quantile, position + 1, cut));
  }
  return cut;
}

std::int64_t validation_cut(const Dataset& data, double quantile, std::int64_t cut) {
  std::vector<std::int64_t> before;
  std::copy_if(data.times.begin(), data.times.end(), std::back_inserter(before),
               [&](std::int64_t time) { return time < cut; });
  return cut_among(std::move(before), quantile);
}

/// Where one history is cut: [0, training) trains, [training, known) is validation, [known, size) is test.
struct Cuts {
  std::size_t training;
  std::size_t known;
};

/// Cuts the histories of one data set.
class Splitter {
 public:
  Splitter(const Dataset& data, const Holdout& holdout) : kind_(holdout.kind), refit_(holdout.refit) {
    if (kind_ != HoldoutKind::temporal) return;
    cut_time_ = temporal_cut(data, holdout.quantile);
    if (holdout.asked) validation_time_ = validation_cut(data, holdout.quantile, cut_time_);
  }

  Cuts cuts(const History& history) const {
    Cuts cuts = validating_cuts(history);
    if (refit_) cuts.training = cuts.known;
    return cuts;
  }

 private:
  Cuts validating_cuts(const History& history) const {
    const std::size_t size = history.size();
    switch (kind_) {
      case HoldoutKind::last:
        if (size < leave_one_out_minimum) return {size, size};
        return {size - 2, size - 1};
      case HoldoutKind::temporal: {
        const std::size_t known = before(history, cut_time_);
        if (validation_time_) return {before(history, *validation_time_), known};
        return {known >= 2 ? known - 1 : known, known};
      }
      case HoldoutKind::none:
        break;
    }
    return {size, size};
  }

  static std::size_t before(const History& history, std::int64_t time) {
    const auto end = std::lower_bound(history.times.begin(), history.times.end(), time);
    return static_cast<std::size_t>(end - history.times.begin());
  }

  HoldoutKind kind_;
  bool refit_;
  std::int64_t cut_time_ = 0;
  std::optional<std::int64_t> validation_time_;
};

/// The window [begin, end) of a history, and which of its interactions are targets.
struct Window {
  std::size_t begin;
  std::size_t end;
  Asked asked;
};

/// Adds the cases of a window of a user's history, unless it or the history before it is empty.
void add_cases(std::vector<EvaluationCase>& cases, std::size_t user, const History& history, const Window& window) {
  const auto [begin, end, asked] = window;
  if (begin == 0 || begin == end) return;
  const auto add = [&](std::size_t at, std::size_t count) {
    cases.push_back({.user = user, .history = history.first(at), .targets = history.items.subspan(at, count)});
  };
  switch (asked) {
    case Asked::all:
      return add(begin, end - begin);
    case Asked::first:
      return add(begin, 1);
    case Asked::last:
      return add(end - 1, 1);
    case Asked::successive:
      for (std::size_t at = begin; at < end; ++at) add(at, 1);
  }
}

Asked asked_of(const Holdout& holdout) {
  return holdout.kind == HoldoutKind::temporal ? holdout.asked.value_or(Asked::all) : Asked::all;
}

}  // namespace

std::optional<Asked> parse_asked(std::string_view text) {
  const auto found = std::find(asked_names.begin(), asked_names.end(), text);
  if (found == asked_names.end()) return std::nullopt;
  return static_cast<Asked>(found - asked_names.begin());
}

std::string_view format_asked(Asked asked) {
  return asked_names.at(static_cast<std::size_t>(asked));
}

namespace {

/// Without the suffix; nothing for other texts.
std::optional<Holdout> read_holdout(std::string_view text) {
  if (text == "none") return Holdout{.kind = HoldoutKind::none};
  if (text == "last") return Holdout{.kind = HoldoutKind::last};
  if (!text.starts_with(temporal_prefix)) return std::nullopt;
  const std::string_view rest = text.substr(temporal_prefix.size());
  const std::string_view number = rest.substr(0, rest.find(':'));
  const std::optional<Asked> asked =
      number.size() < rest.size() ? parse_asked(rest.substr(number.size() + 1)) : std::nullopt;
  double quantile = 0.0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), quantile);
  const bool is_whole = error == std::errc() && end == number.data() + number.size();
  if (!is_whole || !is_quantile(quantile) || asked.has_value() != (number.size() < rest.size())) return std::nullopt;
  return Holdout{.kind = HoldoutKind::temporal, .quantile = quantile, .asked = asked};
}

}  // namespace

Holdout parse_holdout(std::string_view text) {
  const bool refit = text.ends_with(refit_suffix);
  std::optional<Holdout> holdout = read_holdout(refit ? text.substr(0, text.size() - refit_suffix.size()) : text);
  if (holdout && (!refit || holdout->validates())) {
    holdout->refit = refit;
    return *holdout;
  }
  throw DataError(
      fmt::format("unknown holdout {:?}: expected last, none, or temporal:Q with Q between 0 and 1 (as in "
                  "temporal:0.9), optionally followed by what validation asks for after an earlier cut "
                  "(temporal:0.9:first, last, all or successive); last and temporal also with :refit (validation "
                  "items train too)",
                  text.substr(0, 100)));
}

std::string format_holdout(const Holdout& holdout) {
  const std::string_view suffix = holdout.refit ? refit_suffix : "";
  switch (holdout.kind) {
    case HoldoutKind::none:
      return "none";
    case HoldoutKind::last:
      return fmt::format("last{}", suffix);
    case HoldoutKind::temporal:
      break;
  }
  const std::string asked = holdout.asked ? fmt::format(":{}", format_asked(*holdout.asked)) : "";
  return fmt::format("{}{}{}{}", temporal_prefix, holdout.quantile, asked, suffix);
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
          "a temporal holdout needs clock times, but every user's times are just 1, 2, 3, ...: these are positions "
          "and cannot be compared between users; import with real times or use --holdout last");
    case TimeKind::real:
      break;
  }
  return cut_among(data.times, quantile);
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
    add_cases(cases, user, history, {cuts.training, cuts.known, asked_of(holdout)});
  }
  return cases;
}

std::vector<EvaluationCase> test_cases(const Dataset& data, const Holdout& holdout) {
  const Splitter splitter(data, holdout);
  std::vector<EvaluationCase> cases;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const History history = data.history(user);
    add_cases(cases, user, history, {splitter.cuts(history).known, history.size(), asked_of(holdout)});
  }
  return cases;
}

}  // namespace infodiet::recsys
