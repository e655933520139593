#include "tools/commands/search_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/json_text.hpp"
#include "recsys/attention/search.hpp"
#include "recsys/errors.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

constexpr std::size_t shown_trials = 10;

// After how many epochs all trials are comparable.
std::size_t first_epochs(const recsys::Search& search) {
  const Json configuration = engine::parse_json<Json>(search.configuration);
  const Json most = configuration.is_object() ? configuration.value("epochs", Json()) : Json();
  if (!most.is_number_unsigned() || most == 0) {
    throw recsys::DamagedError(
        fmt::format("search {}: its configuration does not say how many epochs a trial has: "
                    "restore a copy, or delete its row from the table searches",
                    search.id));
  }
  return recsys::epochs_of_rungs(search.trials.size(), most.get<std::size_t>()).front();
}

// Of the trials that were trained so long; nothing without any.
std::optional<recsys::Spread> spread_of(const recsys::Search& search, std::size_t epochs) {
  std::vector<double> figures;
  for (const recsys::SearchTrial& trial : search.trials) {
    if (trial.ndcg.size() >= epochs || trial.finished) figures.push_back(recsys::best_figure(trial.ndcg, epochs));
  }
  return figures.empty() ? std::nullopt : std::optional(recsys::spread_of(figures));
}

std::vector<std::size_t> best_first(const recsys::Search& search) {
  std::vector<double> figures;
  for (const recsys::SearchTrial& trial : search.trials) figures.push_back(recsys::best_figure(trial.ndcg));
  return recsys::best_of(figures, figures.size());
}

std::string settings_text(const recsys::SearchTrial& trial) {
  return trial.settings.empty() ? "as without a search" : printable(trial.settings);
}

}  // namespace

Json search_json(const recsys::Search& search) {
  const std::size_t epochs = first_epochs(search);
  Json trials = Json::array();
  for (const recsys::SearchTrial& trial : search.trials) {
    trials.push_back({{"settings", trial.settings},
                      {"epochs", trial.ndcg.size()},
                      {"ndcg@10", trial.ndcg.empty() ? Json(nullptr) : Json(recsys::best_figure(trial.ndcg))},
                      {"seconds", trial.seconds}});
  }
  Json spread = nullptr;
  if (const auto known = spread_of(search, epochs)) {
    spread = {{"epochs", epochs},
              {"trials", known->trials},
              {"mean", known->mean},
              {"deviation", known->deviation},
              {"maximum", known->maximum}};
  }
  return {{"id", search.id},           {"created", search.created},   {"seed", search.seed},
          {"holdout", search.holdout}, {"spread", std::move(spread)}, {"trials", std::move(trials)}};
}

void print_search(const recsys::Search& search, const Console& console) {
  const std::size_t epochs = first_epochs(search);
  if (const auto known = spread_of(search, epochs)) {
    console.print_prose(fmt::format(
        "search {}: validation NDCG@10 of {} after {}: mean {:.4f}, standard deviation {:.4f}, maximum {:.4f}",
        search.id, counted(known->trials, "trial", "trials"), counted(epochs, "epoch", "epochs"), known->mean,
        known->deviation, known->maximum));
  }
  Table table({{.title = "trial", .align = Align::right},
               {.title = "epochs", .align = Align::right},
               {.title = "NDCG@10", .align = Align::right},
               {.title = "settings", .elastic = true}});
  const std::vector<std::size_t> order = best_first(search);
  for (std::size_t i = 0; i < std::min(order.size(), shown_trials); ++i) {
    const recsys::SearchTrial& trial = search.trials[order[i]];
    if (trial.ndcg.empty()) continue;
    table.add({std::to_string(order[i] + 1), std::to_string(trial.ndcg.size()),
               fmt::format("{:.4f}", recsys::best_figure(trial.ndcg)), settings_text(trial)});
  }
  table.print(console);
}

}  // namespace infodiet::tools
