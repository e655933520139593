#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

constexpr std::size_t most_topics = 20;

struct Plates {
  const char* title;
  std::vector<double> shares;  // (topics)
};

/// Titles in the order of `columns`, and topics ordered by consumption, largest first.
enum PlateColumn : std::size_t { available, shown, consumed, interest };

std::vector<std::size_t> order_of(const std::vector<Plates>& columns) {
  std::vector<std::size_t> order(columns[consumed].shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto weight = [&](std::size_t topic) {
    return std::pair(columns[consumed].shares[topic], columns[available].shares[topic]);
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
  return order;
}

std::string sentence_of(const std::vector<Plates>& columns, const std::optional<rl::EqualDraws>& variety,
                        std::size_t first, const std::string& topic) {
  const auto share = [&](PlateColumn column) { return percent(columns[column].shares[first]); };
  if (!variety) return fmt::format("{} is {} of what was consumed.", capitalised(topic), share(consumed));
  return fmt::format(
      "{} random draws are as varied as {:.1f} evenly mixed topics if drawn from everything available, {:.1f} from "
      "what was consumed and {:.1f} from what is shown. {}, {} of what was consumed, is {} of what is shown and {} of "
      "what is available.",
      variety->draws, variety->available, variety->consumed, variety->shown, capitalised(topic), share(consumed),
      share(shown), share(available));
}

Chart chart_of(const std::vector<Plates>& columns, const std::vector<std::string>& topics,
               const std::optional<rl::EqualDraws>& variety) {
  const std::vector<std::size_t> order = order_of(columns);
  BarPlan plan{.id = "plate", .rows_title = "topic", .columns = {}, .drawn = most_topics, .one_scale = true};
  for (const Plates& column : columns) {
    plan.columns.push_back(
        {.title = column.title, .table_title = column.title, .strong = &column == &columns[consumed]});
  }
  std::vector<BarRow> rows;
  for (const std::size_t topic : order) {
    BarRow row{.label = topics[topic], .values = {}, .texts = {}, .cells = {}};
    for (const Plates& column : columns) {
      const double share = column.shares[topic];
      row.values.push_back(share);
      row.texts.push_back(fmt::format("{:.0f}", 100 * share));
      row.cells.push_back(fmt::format("{:.1f} %", 100 * share));
    }
    rows.push_back(std::move(row));
  }
  Chart chart = bar_chart(std::move(plan), rows);
  chart.legend = "Per cent.";
  if (order.size() > most_topics) {
    chart.legend += fmt::format(" The {} topics consumed most; all {} are in the table.", most_topics, order.size());
  }
  chart.sentence = sentence_of(columns, variety, order.front(), topics[order.front()]);
  return chart;
}

}  // namespace

Section plate_section(const Source& source) {
  Section section{.id = "plate", .title = "The topic plate", .lead = {}};
  if (!source.person) {
    section.missing = {{"Nobody has consumed anything yet.", "infodiet import FILE"}};
    return section;
  }
  const rl::DietLabel& label = source.person->label;
  const rl::Diet& diet = label.diet;
  if (!diet.consumed.shares || !diet.available.shares) {
    section.missing = {{"The items consumed have no topics.", "infodiet import ITEMS.csv"}};
    return section;
  }
  const std::vector<std::string>& topics = source.view.topics().names;
  const std::vector<double> nothing(topics.size(), 0.0);
  std::vector<Plates> columns{{"available", *diet.available.shares},
                              {"shown", label.shown.shares.value_or(nothing)},
                              {"consumed", *diet.consumed.shares},
                              {"whole history", diet.interest}};
  section.lead = fmt::format(
      "Shares of topics: in everything available, in the {} items that {} would recommend now, and in the last {} "
      "items {} consumed",
      label.shown.items, label.recommender, diet.consumed.items, name_of(source.person->profile));
  const auto same = [](double a, double b) { return std::abs(a - b) < 0.005; };
  if (std::equal(diet.interest.begin(), diet.interest.end(), columns[consumed].shares.begin(), same)) {
    columns.pop_back();  // would be the same
    section.lead += ".";
  } else {
    section.lead += ", and in their complete history.";
  }
  section.charts.push_back(chart_of(columns, topics, label.variety));
  return section;
}

}  // namespace infodiet::tools::report
