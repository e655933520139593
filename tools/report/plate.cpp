#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "rl/answers/diet_label.hpp"
#include "rl/diet/diet.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

constexpr std::size_t most_topics = 20;

struct Plates {
  const char* title;
  std::vector<double> shares;  // (topics)
  std::optional<double> effective_topics{};
};

}  // namespace

Section plate_section(const Source& source) {
  Section section{.id = "plate", .title = "The topic plate", .lead = {}};
  if (!source.person) {
    section.missing = {{"Nobody has taken in anything yet.", "infodiet import FILE"}};
    return section;
  }
  const rl::Diet diet = rl::diet_of_user(source.world, source.person->index, rl::Available::catalogue);
  if (!diet.consumed.shares || !diet.available.shares) {
    section.missing = {{"The items taken in have no topics.", "infodiet import ITEMS.csv"}};
    return section;
  }
  const auto recommender = rl::trained_recommender(source.db, source.world.data);
  const rl::Plate shown = rl::plate_shown(*recommender, source.world, source.person->index);
  const std::vector<double> nothing(source.world.topics.size(), 0.0);
  const std::vector<Plates> columns{
      {"available", *diet.available.shares, diet.available.effective_topics},
      {"shown", shown.shares.value_or(nothing), shown.effective_topics},
      {"consumed", *diet.consumed.shares, diet.consumed.effective_topics},
      {"interest", diet.interest},
  };
  const std::vector<double>& consumed = columns[2].shares;
  std::vector<std::size_t> order(consumed.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(consumed[a], columns[0].shares[a]) > std::pair(consumed[b], columns[0].shares[b]);
  });

  section.lead = fmt::format(
      "Shares of topics: of everything available, of the {} items that {} would recommend now, of the last {} items {} "
      "took in, and of their whole history.",
      shown.items, recommender->name(), diet.consumed.items, source.person->key);
  Chart chart{.id = "plate",
              .spec = "columns",
              .title = {},
              .sentence = {},
              .data = {{"columns", Json::array()}, {"rows", Json::array()}, {"bars", Json::array()}},
              .table = {.columns = {{.title = "topic"}}, .rows = {}}};
  double largest = 0;
  for (const Plates& column : columns) {
    largest = std::max(largest, *std::max_element(column.shares.begin(), column.shares.end()));
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    chart.data["columns"].push_back({{"column", c}, {"title", columns[c].title}, {"zero", 0}});
    chart.table.columns.push_back({.title = columns[c].title, .align = Align::right});
  }
  for (std::size_t r = 0; r < order.size(); ++r) {
    std::vector<std::string> cells{source.world.topics[order[r]]};
    if (r < most_topics) chart.data["rows"].push_back({{"row", r}, {"label", source.world.topics[order[r]]}});
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const double share = columns[c].shares[order[r]];
      cells.push_back(fmt::format("{:.1f} %", 100 * share));
      if (r >= most_topics) continue;
      chart.data["bars"].push_back({{"row", r},
                                    {"column", c},
                                    {"from", 0},
                                    {"to", share / largest},
                                    {"text", fmt::format("{:.0f}", 100 * share)},
                                    {"strong", c == 2}});
    }
    chart.table.rows.push_back(std::move(cells));
  }
  if (order.size() > most_topics) {
    chart.legend =
        fmt::format("Per cent. The {} topics taken in most; all {} are in the table.", most_topics, order.size());
  } else {
    chart.legend = "Per cent.";
  }
  const std::size_t first = order.front();
  std::string sentence = fmt::format("Of {:.1f} effective topics available, {:.1f} are taken in",
                                     *columns[0].effective_topics, *columns[2].effective_topics);
  if (columns[1].effective_topics) {
    sentence += fmt::format(
        " and {:.1f} shown. {}, {} of what is taken in, is {} of what is shown and {} of what "
        "there is.",
        *columns[1].effective_topics, capitalised(source.world.topics[first]), percent(consumed[first]),
        percent(columns[1].shares[first]), percent(columns[0].shares[first]));
  } else {
    sentence += fmt::format("; {} is {} of it.", source.world.topics[first], percent(consumed[first]));
  }
  chart.sentence = std::move(sentence);
  section.charts.push_back(std::move(chart));
  return section;
}

}  // namespace infodiet::tools::report
