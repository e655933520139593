#include "recsys/data/repeats.hpp"

#include <algorithm>

namespace infodiet::recsys {

namespace {

bool repeats_something(const History& history, ItemIndex target) {
  return std::find(history.items.begin(), history.items.end(), target) != history.items.end();
}

}  // namespace

std::optional<Repeats> parse_repeats(std::string_view text) {
  if (text == "forbid") return Repeats::forbid;
  if (text == "allow") return Repeats::allow;
  return std::nullopt;
}

std::string_view format_repeats(Repeats repeats) {
  return repeats == Repeats::allow ? "allow" : "forbid";
}

double repeated_share(std::span<const EvaluationCase> cases) {
  std::size_t targets = 0;
  std::size_t repeated = 0;
  for (const EvaluationCase& one : cases) {
    targets += one.targets.size();
    repeated += static_cast<std::size_t>(std::count_if(one.targets.begin(), one.targets.end(), [&](ItemIndex target) {
      return repeats_something(one.history, target);
    }));
  }
  return targets == 0 ? 0 : static_cast<double>(repeated) / static_cast<double>(targets);
}

Repeats usual_repeats(const Dataset& data, const Holdout& holdout) {
  Holdout asked = holdout.kind == HoldoutKind::none ? Holdout{} : holdout;
  asked.refit = false;
  return repeated_share(validation_cases(data, asked)) >= repeating_share ? Repeats::allow : Repeats::forbid;
}

std::span<const ItemIndex> left_out(Repeats repeats, const History& history) {
  return repeats == Repeats::forbid ? history.items : std::span<const ItemIndex>();
}

EvaluationSet judged_cases(const std::vector<EvaluationCase>& cases, Repeats repeats) {
  return wanted_cases({}, cases, {.fresh = repeats == Repeats::forbid});
}

EvaluationSet liked_cases(const Dataset& data, const std::vector<EvaluationCase>& cases, Repeats repeats) {
  return wanted_cases(data, cases, {.fresh = repeats == Repeats::forbid, .liked = true});
}

EvaluationSet wanted_cases(const Dataset& data, const std::vector<EvaluationCase>& cases, const WantedTargets& wanted) {
  EvaluationSet judged;
  const auto is_marked = [&](const std::vector<std::uint8_t>& marks, const ItemIndex& target) {
    return !marks.empty() && marks[static_cast<std::size_t>(&target - data.items.data())] != 0;
  };
  for (EvaluationCase one : cases) {
    std::vector<ItemIndex> kept;
    for (const ItemIndex& target : one.targets) {
      if (wanted.event && !is_marked(data.are_of_event, target)) {
        ++judged.other_events;
      } else if (wanted.fresh && repeats_something(one.history, target)) {
        ++judged.forbidden;
      } else if (wanted.liked && is_marked(data.low, target)) {
        ++judged.low;
      } else {
        kept.push_back(target);
      }
    }
    if (kept.empty()) continue;
    if (kept.size() < one.targets.size()) {
      judged.kept.push_back(std::move(kept));
      one.targets = judged.kept.back();
    }
    judged.cases.push_back(one);
  }
  return judged;
}

}  // namespace infodiet::recsys
