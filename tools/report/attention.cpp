#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "rl/answers/recommend.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

constexpr std::size_t picks_shown = 3;
constexpr std::size_t rows_shown = 16;

/// One interaction, its attention and what each pick's score loses without it.
struct Row {
  std::size_t position;  // in the history
  double attention;
  std::vector<double> drops;
  bool low = false;  ///< rated low, which is no reason

  double value(std::size_t column) const { return column == 0 ? attention : drops[column - 1]; }
};

/// The rows that matter most to any column, relative to the column's largest value; latest first.
std::vector<Row> most_telling(std::vector<Row> rows) {
  const std::size_t columns = rows.front().drops.size() + 1;
  std::vector<double> largest(columns, 1e-12);
  for (const Row& row : rows) {
    for (std::size_t c = 0; c < columns; ++c) largest[c] = std::max(largest[c], std::abs(row.value(c)));
  }
  const auto weight = [&](const Row& row) {
    double most = 0;
    for (std::size_t c = 0; c < columns; ++c) most = std::max(most, std::abs(row.value(c)) / largest[c]);
    return most;
  };
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return weight(a) > weight(b); });
  rows.resize(std::min(rows.size(), rows_shown));
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.position > b.position; });
  return rows;
}

// The strongest reason for the first pick.
std::string carried_by(const std::vector<Row>& rows, const std::vector<std::string>& labels) {
  std::optional<std::size_t> most;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows[r].low || rows[r].drops[0] < 0.005) continue;
    if (!most || rows[r].drops[0] > rows[*most].drops[0]) most = r;
  }
  if (!most) return "no single item of the history carries it";
  return fmt::format("without “{}” its score would fall by {:.2f}", labels[*most], rows[*most].drops[0]);
}

Chart chart_of(const std::vector<Row>& rows, const std::vector<std::string>& labels,
               const std::vector<std::string>& picks) {
  BarPlan plan{.id = "attention",
               .rows_title = "history item, latest first",
               .columns = {{.title = "attention", .table_title = "attention"}},
               .drawn = rows.size()};
  std::string legend =
      "Attention, in percent, is the same for every pick. Next to it: what each pick's score loses when only this "
      "item is removed from the history.";
  if (std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.low; })) {
    legend += "  Items rated low are never reasons.";
  }
  for (std::size_t c = 0; c < picks.size(); ++c) {
    plan.columns.push_back({.title = fmt::format("pick {}", c + 1),
                            .table_title = fmt::format("score drop of {}", picks[c]),
                            .strong = true});
    legend += fmt::format(" Pick {} is “{}”.", c + 1, picks[c]);
  }
  std::vector<BarRow> bars;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    BarRow bar{.label = labels[r],
               .values = {rows[r].attention},
               .texts = {fmt::format("{:.0f}", 100 * rows[r].attention)},
               .cells = {fmt::format("{:.1f} %", 100 * rows[r].attention)}};
    for (const double drop : rows[r].drops) {
      bar.values.push_back(drop);
      bar.texts.push_back(std::abs(drop) >= 0.05 ? fmt::format("{:.1f}", drop) : std::string());
      bar.cells.push_back(fmt::format("{:.3f}", drop));
    }
    bars.push_back(std::move(bar));
  }
  Chart chart = bar_chart(std::move(plan), bars);
  chart.legend = std::move(legend);
  const auto highest = [&](std::size_t column) {
    const auto less = [&](const Row& a, const Row& b) { return a.value(column) < b.value(column); };
    return static_cast<std::size_t>(std::max_element(rows.begin(), rows.end(), less) - rows.begin());
  };
  const std::size_t attended = highest(0);
  chart.sentence = fmt::format("“{}” comes first; {}. Most attention, {}, goes to “{}”.", picks.front(),
                               carried_by(rows, labels), percent(rows[attended].attention), labels[attended]);
  return chart;
}

}  // namespace

Section attention_section(const Source& source) {
  Section section{.id = "attention", .title = "Attention over the history", .lead = {}};
  if (!source.person || source.view.model() == nullptr) {
    section.missing = {{"No attention model is published.", "infodiet train"}};
    return section;
  }
  const rl::Profile& profile = source.person->profile;
  const rl::Recommendation now = rl::recommend(source.view, source.pool, profile, {.k = picks_shown, .reasons = false});
  std::vector<recsys::ItemIndex> candidates;
  std::vector<std::string> picks;
  for (const rl::Pick& pick : now.picks) {
    candidates.push_back(pick.scored.item);
    picks.emplace_back(source.view.items()[pick.scored.item].label());
  }
  if (picks.empty()) {
    section.missing = {{"There is nothing left to recommend.", "infodiet import FILE"}};
    return section;
  }
  const rl::Influence influence = rl::influence_on(source.view, source.pool, profile, candidates);
  std::vector<Row> rows;
  for (std::size_t position = 0; position < influence.seen.size(); ++position) {
    Row row{.position = position,
            .attention = influence.attention[position],
            .drops = {},
            .low = influence.is_low(influence.seen.items[position])};
    for (std::size_t c = 0; c < candidates.size(); ++c)
      row.drops.push_back(static_cast<double>(influence.drops(position, c)));
    rows.push_back(std::move(row));
  }
  rows = most_telling(std::move(rows));
  std::vector<std::string> labels;
  labels.reserve(rows.size());
  for (const Row& row : rows) {
    labels.push_back(fmt::format("{}{}", source.view.items()[influence.seen.items[row.position]].label(),
                                 row.low ? " (rated low)" : ""));
  }
  section.lead = fmt::format("What {} would recommend to {} first, and which items of the history carry it.", now.model,
                             name_of(profile));
  section.charts.push_back(chart_of(rows, labels, picks));
  return section;
}

}  // namespace infodiet::tools::report
