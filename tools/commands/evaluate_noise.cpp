#include "tools/commands/evaluate_noise.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "recsys/attention/shared_ranks.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/evaluation/noise.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

namespace {

constexpr std::size_t noise_list_length = 10;

struct Accuracy {
  double ndcg = 0;
  double hit_rate = 0;
};

Accuracy accuracy_of(const recsys::Recommender& model, std::span<const recsys::EvaluationCase> cases,
                     recsys::Repeats repeats, engine::Communicator& processes, engine::ThreadPool& pool) {
  const recsys::RankedCases ranked = recsys::rank_cases_together(processes, model, cases, 0, pool, repeats);
  return {.ndcg = recsys::mean(recsys::metric_per_case(recsys::Metric::ndcg, ranked, noise_list_length)),
          .hit_rate = recsys::mean(recsys::metric_per_case(recsys::Metric::hit_rate, ranked, noise_list_length))};
}

}  // namespace

void evaluate_noise(std::span<const std::shared_ptr<const recsys::Recommender>> models,
                    const recsys::Examination& examination, std::span<const double> shares, const Context& context) {
  if (examination.judged.cases.empty()) {
    throw recsys::DataError("there are no targets to evaluate on: import longer histories");
  }
  const Console& console = context.console;
  engine::ThreadPool pool(context.shared.threads);
  std::vector<double> all_shares{0};
  all_shares.insert(all_shares.end(), shares.begin(), shares.end());
  std::vector<Column> columns{{.title = "model"}};
  std::vector<std::vector<std::string>> rows;
  for (const auto& model : models) rows.push_back({model->name()});
  Json levels = Json::array();
  Progress progress(console, "evaluating", all_shares.size() * models.size());
  std::size_t done = 0;
  for (const double share : all_shares) {
    columns.push_back({.title = share == 0 ? "unchanged" : fmt::format("{:g} random", share), .align = Align::right});
    const recsys::NoisyCases noisy(examination.judged.cases, share, examination.data.catalogue_size(),
                                   context.shared.seed);
    Json figures = Json::array();
    for (std::size_t m = 0; m < models.size(); ++m) {
      const Accuracy accuracy = accuracy_of(*models[m], noisy.cases(), examination.repeats, context.processes, pool);
      rows[m].push_back(fmt::format("{:.4f}", accuracy.ndcg));
      figures.push_back({{"name", models[m]->name()}, {"ndcg@10", accuracy.ndcg}, {"hr@10", accuracy.hit_rate}});
      progress.update(++done, models[m]->name());
    }
    levels.push_back({{"noise", share}, {"models", std::move(figures)}});
  }
  if (console.json()) {
    console.print_json(Json{{"protocol", examination.protocol}, {"seed", context.shared.seed}, {"noise", levels}});
    return;
  }
  console.print_prose("NDCG@10 if this share of every history is replaced by random items when the model is asked");
  Table table(std::move(columns));
  for (std::vector<std::string>& row : rows) table.add(std::move(row));
  table.print(console);
}

}  // namespace infodiet::tools
