#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tools/report/label_chart.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

constexpr std::size_t bins = 40;
// People beyond these quantiles do not widen a figure's scale.
constexpr double low_quantile = 0.01;
constexpr double high_quantile = 0.99;

/// One figure of the label on its own scale, on which further right is better.
class Scale {
 public:
  Scale(const rl::Population& population, std::size_t metric, double value, rl::Better better)
      : low_(std::min(population.quantile(metric, low_quantile), value)),
        high_(std::max(population.quantile(metric, high_quantile), value)),
        better_(better) {}

  double position(double value) const {
    if (high_ <= low_) return 0.5;
    const double share = std::clamp((value - low_) / (high_ - low_), 0.0, 1.0);
    return better_ == rl::Better::more ? share : 1 - share;
  }

 private:
  double low_;
  double high_;
  rl::Better better_;
};

/// How many people are near each position, relative to the most, lightly smoothed.
std::array<double, bins> density_of(const std::vector<double>& people, const Scale& scale) {
  std::array<double, bins> counts{};
  for (const double value : people) {
    counts[std::min(bins - 1, static_cast<std::size_t>(scale.position(value) * bins))] += 1;
  }
  constexpr std::array kernel{1.0, 4.0, 6.0, 4.0, 1.0};
  std::array<double, bins> smooth{};
  for (std::size_t bin = 0; bin < bins; ++bin) {
    for (std::size_t k = 0; k < kernel.size(); ++k) {
      if (bin + k >= 2 && bin + k - 2 < bins) smooth[bin] += kernel[k] * counts[bin + k - 2];
    }
  }
  const double most = *std::max_element(smooth.begin(), smooth.end());
  for (double& count : smooth) count /= most;
  return smooth;
}

struct Standing {
  std::string title;
  double better_than;
};

/// The line of a graded figure, in the chart and in the table.
Standing draw_line(Chart& chart, const rl::Population& population, std::size_t number, const rl::LabelLine& line) {
  const rl::LabelMetric& metric = *line.metric;
  const Scale scale(population, number, *line.value, metric.better);
  const std::array<double, bins> density = density_of(population.values[number], scale);
  const std::string value = fmt::format("{:.2f}", *line.value);
  const std::string grade(1, *line.grade);
  chart.draw("figures", {{"figure", metric.title},
                         {"value", value},
                         {"grade", grade},
                         {"position", scale.position(*line.value)},
                         {"middle", scale.position(line.middle)}});
  for (std::size_t bin = 0; bin < bins; ++bin) {
    chart.draw("people", {{"figure", metric.title},
                          {"position", (static_cast<double>(bin) + 0.5) / bins},
                          {"density", std::round(1000 * density[bin]) / 1000}});
  }
  chart.table.rows.push_back(
      {metric.title, value, fmt::format("{:.2f}", line.middle), percent(line.better_than), grade, metric.meaning});
  return {metric.title, line.better_than};
}

}  // namespace

std::optional<Chart> label_chart(const rl::DietLabel& label) {
  Chart chart{.id = "label", .spec = "label"};
  chart.legend =
      "Grey: the distribution of those people, with the median as a line. Dot: this person. Further right is better; "
      "A is the best fifth, E the last.";
  chart.column("figure");
  for (const char* heading : {"value", "median", "better than"}) chart.number_column(heading);
  for (const char* heading : {"grade", "what it means"}) chart.column(heading);
  std::vector<Standing> standings;
  for (std::size_t m = 0; m < label.lines.size(); ++m) {
    if (label.lines[m].grade) standings.push_back(draw_line(chart, label.peers, m, label.lines[m]));
  }
  if (standings.empty()) return std::nullopt;
  const auto less = [](const Standing& a, const Standing& b) { return a.better_than < b.better_than; };
  const auto [worst, best] = std::minmax_element(standings.begin(), standings.end(), less);
  chart.sentence =
      fmt::format("This diet is strongest in {}, better than {} of people's, and weakest in {}, better than {}.",
                  best->title, percent(best->better_than), worst->title, percent(worst->better_than));
  return chart;
}

Section label_section(const Source& source) {
  Section section{.id = "label", .title = "The information-diet label", .lead = {}};
  if (!source.person) {
    section.missing = {{"Nobody has consumed anything yet.", "infodiet import FILE"}};
    return section;
  }
  const rl::DietLabel& label = source.person->label;
  section.lead = fmt::format(
      "What {} consumed recently, {} items, compared with people who have a history of about the same length.",
      name_of(source.person->profile), label.diet.consumed.items);
  std::optional<Chart> chart = label_chart(label);
  if (!chart) {
    section.missing = {{label.what_is_missing(), "infodiet import RATINGS.csv ITEMS.csv"}};
    return section;
  }
  section.remarks = label.advice;
  section.charts.push_back(std::move(*chart));
  return section;
}

}  // namespace infodiet::tools::report
