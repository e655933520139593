#include "tools/commands/evaluate_explanations.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "rl/answers/explain.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

ExitCode evaluate_explanations(const recsys::Database& db, std::optional<std::int64_t> model, const Context& context) {
  const rl::View view(db, rl::Loading::as_needed, model);
  engine::ThreadPool pool(context.shared.threads);
  const recsys::FaithfulnessOptions options{.seed = context.shared.seed};
  const recsys::Faithfulness result = rl::measure_reasons(view, pool, options);
  const Console& console = context.console;
  if (console.json()) {
    Json curves = Json::array();
    for (const recsys::FaithfulnessCurve& curve : result.curves) {
      curves.push_back({{"order", recsys::removal_order_names[static_cast<std::size_t>(curve.order)]},
                        {"removed", result.removed},
                        {"score_drop", curve.drop},
                        {"standard_error", curve.standard_error}});
    }
    console.print_json(
        Json{{"model", view.require_model().name()}, {"people", result.people}, {"explanations", std::move(curves)}});
    return ExitCode::done;
  }
  console.print_prose(
      fmt::format("what the score of the first recommendation loses when interactions are removed (mean of {} people)",
                  result.people));
  std::vector<Column> columns = {{.title = "removed first"}};
  for (const std::size_t count : result.removed) {
    columns.push_back({.title = fmt::format("{} out", count), .align = Align::right});
  }
  Table table(std::move(columns));
  for (const recsys::FaithfulnessCurve& curve : result.curves) {
    std::vector<std::string> cells = {std::string(recsys::removal_order_names[static_cast<std::size_t>(curve.order)])};
    for (std::size_t i = 0; i < curve.drop.size(); ++i) {
      cells.push_back(fmt::format("{:.3f} ± {:.3f}", curve.drop[i], curve.standard_error[i]));
    }
    table.add(std::move(cells));
  }
  table.print(console);
  return ExitCode::done;
}

}  // namespace infodiet::tools
