#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "recsys/attention/judged_baselines.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/bootstrap.hpp"
#include "recsys/evaluation/examination.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/evaluation/ranks.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

constexpr std::size_t judged_list_length = 10;
// Enough for intervals of a few hundredths; seconds of work on any data set.
constexpr std::size_t most_people_judged = 1000;

struct JudgedMetric {
  recsys::Metric metric;
  const char* title;
};
constexpr std::array judged_metrics{JudgedMetric{recsys::Metric::ndcg, "NDCG@10"},
                                    JudgedMetric{recsys::Metric::hit_rate, "HR@10"}};

struct Judged {
  std::string model;
  std::array<std::vector<double>, judged_metrics.size()> values;  // of each case
  std::array<recsys::Interval, judged_metrics.size()> intervals;
};

Judged judge(const recsys::Recommender& model, std::span<const recsys::EvaluationCase> cases, recsys::Repeats repeats,
             const Source& source) {
  const recsys::RankedCases ranked = recsys::rank_cases(model, cases, judged_list_length, source.pool, repeats);
  Judged judged{.model = model.name(), .values = {}, .intervals = {}};
  const std::vector<double> nothing(cases.size(), 0.0);
  std::array<recsys::ValuePair, judged_metrics.size()> pairs;
  for (std::size_t m = 0; m < judged_metrics.size(); ++m) {
    judged.values[m] = recsys::metric_per_case(judged_metrics[m].metric, ranked, judged_list_length);
    pairs[m] = {judged.values[m], nothing};
  }
  const std::vector<recsys::Interval> intervals = recsys::paired_bootstraps(pairs, {.seed = source.seed}, source.pool);
  std::copy(intervals.begin(), intervals.end(), judged.intervals.begin());
  return judged;
}

/// Every n-th of the cases, at most `most_people_judged`.
std::vector<recsys::EvaluationCase> some_of(const std::vector<recsys::EvaluationCase>& cases) {
  if (cases.size() <= most_people_judged) return cases;
  std::vector<recsys::EvaluationCase> some;
  for (std::size_t i = 0; i < most_people_judged; ++i) some.push_back(cases[i * cases.size() / most_people_judged]);
  return some;
}

/// Compares the last with the best of the others.
std::string sentence_of(const std::vector<Judged>& judged, const Source& source) {
  const Judged& last = judged.back();
  const auto other = std::max_element(judged.begin(), judged.end() - 1, [](const Judged& a, const Judged& b) {
    return a.intervals[0].mean < b.intervals[0].mean;
  });
  const recsys::Interval difference =
      recsys::paired_bootstrap(last.values[0], other->values[0], {.seed = source.seed}, source.pool);
  return fmt::format(
      "{} has the next item among its first ten for {} of people, {} for {}. In NDCG@10 they differ by {:+.4f} (95 % "
      "interval {:+.4f} to {:+.4f}), {}.",
      capitalised(last.model), percent(last.intervals[1].mean), other->model, percent(other->intervals[1].mean),
      difference.mean, difference.low, difference.high,
      difference.low > 0 || difference.high < 0 ? "which is more than chance" : "which may be chance");
}

Chart chart_of(const std::vector<Judged>& judged) {
  Chart chart{.id = "accuracy", .spec = "intervals", .table_open = true};
  chart.legend = "Dots are means, lines 95 % bootstrap intervals.";
  chart.column("model");
  for (std::size_t m = 0; m < judged_metrics.size(); ++m) {
    chart.draw("columns", {{"column", m}, {"title", judged_metrics[m].title}});
    chart.number_column(judged_metrics[m].title);
    chart.number_column("95 % interval");
  }
  for (std::size_t r = 0; r < judged.size(); ++r) {
    chart.draw("rows", {{"row", r}, {"label", judged[r].model}});
    std::vector<std::string> cells{judged[r].model};
    for (std::size_t m = 0; m < judged_metrics.size(); ++m) {
      const recsys::Interval& interval = judged[r].intervals[m];
      chart.draw("intervals", {{"row", r},
                               {"column", m},
                               {"mean", interval.mean},
                               {"low", interval.low},
                               {"high", interval.high},
                               {"strong", r + 1 == judged.size()}});
      cells.push_back(fmt::format("{:.4f}", interval.mean));
      cells.push_back(fmt::format("{:.4f} to {:.4f}", interval.low, interval.high));
    }
    chart.table.rows.push_back(std::move(cells));
  }
  return chart;
}

/// The cases to evaluate on, or why there are none.
std::optional<recsys::Examination> examination_of(const Source& source, Section& section) {
  const auto record = recsys::find_model(source.db, recsys::attention_model, recsys::ModelState::published);
  const recsys::Holdout holdout = record ? recsys::parse_holdout(record->holdout) : recsys::Holdout{};
  if (holdout.kind == recsys::HoldoutKind::none) {
    section.missing = {{"The published model was trained on everything, so nothing is left to evaluate it on.",
                        "infodiet train --holdout last"}};
    return std::nullopt;
  }
  const bool by_time = holdout.kind == recsys::HoldoutKind::temporal;
  try {
    return recsys::examine(source.db, {.protocol = std::string(by_time ? recsys::temporal : recsys::leave_one_out)});
  } catch (const recsys::DataError& error) {
    section.missing = {{fmt::format("There is nothing to evaluate on: {}.", error.what()), "infodiet import FILE"}};
    return std::nullopt;
  }
}

}  // namespace

Section accuracy_section(const Source& source) {
  Section section{.id = "accuracy", .title = "How well each model predicts", .lead = {}};
  const std::optional<recsys::Examination> examination = examination_of(source, section);
  if (!examination) return section;
  const std::vector<recsys::EvaluationCase> cases = some_of(examination->judged.cases);
  if (cases.empty()) {
    section.missing = {{"Every target repeats what was consumed before, which the published model forbids.",
                        "infodiet train --repeats allow"}};
    return section;
  }
  std::vector<Judged> judged;
  for (const auto& baseline : recsys::judged_baselines(*examination, source.view.model())) {
    judged.push_back(judge(*baseline, cases, examination->repeats, source));
  }
  if (source.view.model() != nullptr) {
    judged.push_back(judge(*source.view.model(), cases, examination->repeats, source));
  } else {
    section.missing.push_back({"No attention model is published.", "infodiet train"});
  }
  section.lead = fmt::format(
      "{}: every model ranks all {} items for {} people. The item that came next should be among the first ten "
      "(HR@10), and high among them (NDCG@10).",
      capitalised(examination->protocol), grouped(examination->data.catalogue_size()), grouped(cases.size()));
  if (cases.size() < examination->judged.cases.size()) {
    section.lead +=
        fmt::format("  These are every {:.1f}th of {}; 'infodiet evaluate' uses all.",
                    static_cast<double>(examination->judged.cases.size()) / static_cast<double>(cases.size()),
                    examination->judged.cases.size());
  }
  section.charts.push_back(chart_of(judged));
  section.charts.back().sentence = sentence_of(judged, source);
  return section;
}

}  // namespace infodiet::tools::report
