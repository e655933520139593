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
  const Holdout asked = holdout.kind == HoldoutKind::none ? Holdout{} : holdout;
  return repeated_share(validation_cases(data, asked)) >= repeating_share ? Repeats::allow : Repeats::forbid;
}

std::span<const ItemIndex> left_out(Repeats repeats, const History& history) {
  return repeats == Repeats::forbid ? history.items : std::span<const ItemIndex>();
}

namespace {

// `is_low(one, i)` says whether the case's target number i is rated low.
template <class IsLow>
JudgedCases cases_to_judge(std::vector<EvaluationCase> cases, Repeats repeats, const IsLow& is_low) {
  JudgedCases judged;
  for (EvaluationCase& one : cases) {
    std::vector<ItemIndex> kept;
    for (std::size_t i = 0; i < one.targets.size(); ++i) {
      if (repeats == Repeats::forbid && repeats_something(one.history, one.targets[i])) {
        ++judged.forbidden;
      } else if (is_low(one, i)) {
        ++judged.low;
      } else {
        kept.push_back(one.targets[i]);
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

}  // namespace

JudgedCases judged_cases(std::vector<EvaluationCase> cases, Repeats repeats) {
  return cases_to_judge(std::move(cases), repeats, [](const EvaluationCase&, std::size_t) { return false; });
}

JudgedCases liked_cases(const Dataset& data, std::vector<EvaluationCase> cases, Repeats repeats) {
  return cases_to_judge(std::move(cases), repeats, [&](const EvaluationCase& one, std::size_t target) {
    const std::span<const std::uint8_t> low = data.low_of(one.user);
    return !low.empty() && low[one.history.size() + target] != 0;
  });
}

}  // namespace infodiet::recsys
