#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "recsys/ranking/top_k.hpp"
#include "recsys/reasons/explanation.hpp"
#include "recsys/reasons/places_to_ask.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

constexpr std::size_t picks_shown = 3;
constexpr std::size_t rows_shown = 16;

/// One interaction, its attention and what each pick's score loses without it.
struct Row {
  std::size_t place;  // in the history
  double attention;
  std::vector<double> drops;
};

/// Where bars of values in [low, high] (0 included) begin, as a share of the width.
struct Extent {
  double low = 0;
  double high = 0;

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double place(double value) const { return high > low ? (value - low) / (high - low) : 0; }
};

}  // namespace

Section attention_section(const Source& source) {
  Section section{.id = "attention", .title = "Attention over the history", .lead = {}};
  if (!source.person || !source.model) {
    section.missing = {{"No attention model is published.", "infodiet train"}};
    return section;
  }
  const recsys::BlendedModel& model = *source.model;
  const recsys::History whole = source.world.data.history(source.person->index);
  const recsys::History history = whole.last(std::min(whole.size(), model.attention().config().max_length));
  std::vector<float> scores(model.catalogue_size());
  model.score({&whole, 1}, {scores.data(), 1, scores.size()});
  const std::vector<recsys::ScoredItem> picks = recsys::top_k(scores, whole.items, picks_shown);
  if (picks.empty()) {
    section.missing = {{"There is nothing left to recommend.", "infodiet import FILE"}};
    return section;
  }
  std::vector<recsys::ItemIndex> candidates;
  for (const recsys::ScoredItem& pick : picks) candidates.push_back(pick.item);
  const std::vector<std::size_t> places = recsys::places_to_ask(model.attention(), history);
  const engine::Matrix<float> drops = recsys::score_drops(model, source.pool, history, places, candidates);
  const std::vector<double> attention = model.attention().attention_of_last(history);

  std::vector<Row> rows;
  for (std::size_t p = 0; p < places.size(); ++p) {
    Row row{.place = places[p], .attention = attention[places[p]], .drops = {}};
    for (std::size_t c = 0; c < candidates.size(); ++c) row.drops.push_back(static_cast<double>(drops(p, c)));
    rows.push_back(std::move(row));
  }
  // What matters most to any column, each column measured by its own largest.
  std::vector<double> largest(candidates.size() + 1, 1e-12);
  for (const Row& row : rows) {
    largest[0] = std::max(largest[0], row.attention);
    for (std::size_t c = 0; c < row.drops.size(); ++c)
      largest[c + 1] = std::max(largest[c + 1], std::abs(row.drops[c]));
  }
  const auto weight = [&](const Row& row) {
    double most = row.attention / largest[0];
    for (std::size_t c = 0; c < row.drops.size(); ++c) most = std::max(most, std::abs(row.drops[c]) / largest[c + 1]);
    return most;
  };
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return weight(a) > weight(b); });
  rows.resize(std::min(rows.size(), rows_shown));
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.place > b.place; });

  const auto title = [&](recsys::ItemIndex item) -> const std::string& { return source.items[item].label(); };
  section.lead = fmt::format("What {} would recommend to {} first, and what of the history speaks for it.",
                             model.name(), source.person->key);
  Chart chart{
      .id = "attention",
      .spec = "columns",
      .title = {},
      .sentence = {},
      .data = {{"columns", Json::array()}, {"rows", Json::array()}, {"bars", Json::array()}},
      .legend = {},
      .table = {.columns = {{.title = "history item, latest first"}, {.title = "attention", .align = Align::right}},
                .rows = {}}};
  std::vector<Extent> extents(candidates.size() + 1);
  for (const Row& row : rows) {
    extents[0].include(row.attention);
    for (std::size_t c = 0; c < row.drops.size(); ++c) extents[c + 1].include(row.drops[c]);
  }
  chart.data["columns"].push_back({{"column", 0}, {"title", "attention"}, {"zero", extents[0].place(0)}});
  chart.legend =
      "Attention, in per cent, is the same for every pick. Beside it, what each pick's score loses when the "
      "item alone is taken out of the history.";
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    chart.data["columns"].push_back(
        {{"column", c + 1}, {"title", fmt::format("pick {}", c + 1)}, {"zero", extents[c + 1].place(0)}});
    chart.table.columns.push_back(
        {.title = fmt::format("score drop of {}", title(candidates[c])), .align = Align::right});
    chart.legend += fmt::format(" Pick {} is “{}”.", c + 1, title(candidates[c]));
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const Row& row = rows[r];
    const std::string& label = title(history.items[row.place]);
    chart.data["rows"].push_back({{"row", r}, {"label", label}});
    std::vector<std::string> cells{label, fmt::format("{:.1f} %", 100 * row.attention)};
    const auto bar = [&](std::size_t column, double value, std::string text) {
      const Extent& extent = extents[column];
      chart.data["bars"].push_back({{"row", r},
                                    {"column", column},
                                    {"from", extent.place(std::min(0.0, value))},
                                    {"to", extent.place(std::max(0.0, value))},
                                    {"text", std::move(text)},
                                    {"strong", column > 0}});
    };
    bar(0, row.attention, fmt::format("{:.0f}", 100 * row.attention));
    for (std::size_t c = 0; c < row.drops.size(); ++c) {
      const bool visible = std::abs(row.drops[c]) >= 0.05;
      bar(c + 1, row.drops[c], visible ? fmt::format("{:.1f}", row.drops[c]) : std::string());
      cells.push_back(fmt::format("{:.3f}", row.drops[c]));
    }
    chart.table.rows.push_back(std::move(cells));
  }
  const auto attended =
      std::max_element(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.attention < b.attention; });
  const auto carried =
      std::max_element(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.drops[0] < b.drops[0]; });
  chart.sentence = fmt::format(
      "“{}” comes first; without “{}” its score would fall by {:.2f}. Most attention, {}, goes "
      "to “{}”.",
      title(candidates[0]), title(history.items[carried->place]), carried->drops[0], percent(attended->attention),
      title(history.items[attended->place]));
  section.charts.push_back(std::move(chart));
  return section;
}

}  // namespace infodiet::tools::report
