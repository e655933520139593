#include "tools/commands/evaluate_cold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "recsys/attention/cold_models.hpp"
#include "recsys/attention/defaults.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/attention/shared_ranks.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/cold_start.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/store/item_attributes.hpp"
#include "recsys/store/item_vectors.hpp"
#include "recsys/store/load_dataset.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

constexpr std::size_t cold_list_length = 10;

// A model that ranks some items above all others.
class Among final : public recsys::Recommender {
 public:
  Among(const recsys::Recommender& model, const std::vector<bool>& chosen) : model_(model), chosen_(chosen) {}

  std::string name() const override { return model_.name(); }
  std::size_t catalogue_size() const override { return model_.catalogue_size(); }
  void score(std::span<const recsys::History> histories, engine::MatrixSpan<float> scores) const override {
    model_.score(histories, scores);
    for (std::size_t b = 0; b < scores.rows; ++b) {
      for (std::size_t v = 0; v < scores.cols; ++v) {
        if (!chosen_[v]) scores.row(b)[v] = std::numeric_limits<float>::lowest();
      }
    }
  }

 private:
  const recsys::Recommender& model_;
  const std::vector<bool>& chosen_;
};

struct Row {
  std::string name;
  std::vector<std::pair<std::string, double>> figures;  // with their keys in JSON
};

Row row_of(const recsys::ColdModel& model, const recsys::ColdStart& split, recsys::Repeats repeats,
           engine::ThreadPool& pool, engine::Communicator& processes) {
  Row row{.name = model.name, .figures = {}};
  const auto add = [&](const recsys::Recommender& ranking, const std::string& prefix) {
    const recsys::RankedCases ranked = recsys::rank_cases_together(processes, ranking, split.cases(), 0, pool, repeats);
    for (const auto& [key, metric] :
         {std::pair{"ndcg@10", recsys::Metric::ndcg}, std::pair{"hr@10", recsys::Metric::hit_rate}}) {
      row.figures.emplace_back(prefix + key, recsys::mean(recsys::metric_per_case(metric, ranked, cold_list_length)));
    }
  };
  add(*model.model, "");
  add(Among(*model.model, split.cold()), "among_cold_");
  return row;
}

Json json_of(const std::vector<Row>& rows) {
  Json models = Json::array();
  for (const Row& row : rows) {
    Json one{{"name", row.name}};
    for (const auto& [key, value] : row.figures) one[key] = value;
    models.push_back(std::move(one));
  }
  return models;
}

void print_rows(const std::vector<Row>& rows, const Console& console) {
  Table table({{.title = "cold items by"},
               {.title = "NDCG@10", .align = Align::right},
               {.title = "HR@10", .align = Align::right},
               {.title = "NDCG@10 among them", .align = Align::right},
               {.title = "HR@10 among them", .align = Align::right}});
  for (const Row& row : rows) {
    std::vector<std::string> cells{row.name};
    for (const auto& [key, value] : row.figures) cells.push_back(fmt::format("{:.4f}", value));
    table.add(std::move(cells));
  }
  table.print(console);
}

}  // namespace

void evaluate_cold(const recsys::Database& db, double share, const Context& context) {
  const std::optional<recsys::PublishedAttention> published = recsys::published_attention(db);
  if (!published) {
    throw recsys::DataError(fmt::format(
        "{}: no attention model is published: run 'infodiet train' first, whose shape and number of epochs are used",
        db.path()));
  }
  const recsys::Dataset data = recsys::load_dataset(db);
  const recsys::ColdStart split(data, {}, share, context.shared.seed);
  if (split.cases().empty()) {
    throw recsys::DataError(fmt::format(
        "{}: of the items taken out nobody consumed one last: take out more, or import more histories", db.path()));
  }
  const recsys::ItemTopics topics = recsys::load_item_topics(db);
  const recsys::ItemFeatures features{.attributes = recsys::load_item_attributes(db),
                                      .vectors = recsys::load_item_vectors(db)};
  recsys::ColdTraining training{.config = published->config,
                                .training = recsys::attention_defaults(data).training,
                                .epochs = std::max<std::size_t>(published->best_epoch, 1),
                                .topics = topics,
                                .features = features,
                                .processes = context.processes};
  training.training.seed = context.shared.seed;
  training.training.max_epochs = std::max(training.training.max_epochs, training.epochs);
  Progress progress(context.console, "training", training.epochs * recsys::cold_trainings(features));
  std::size_t done = 0;
  training.epoch_done = [&] { progress.update(++done); };
  engine::ThreadPool pool(context.shared.threads);
  std::vector<Row> rows;
  for (const recsys::ColdModel& model : recsys::train_cold_models(pool, split, training)) {
    rows.push_back(row_of(model, split, published->repeats, pool, context.processes));
  }
  const auto cold = static_cast<std::size_t>(std::count(split.cold().begin(), split.cold().end(), true));
  if (context.console.json()) {
    return context.console.print_json(Json{{"cold", share},
                                           {"seed", context.shared.seed},
                                           {"items", data.catalogue_size()},
                                           {"cold_items", cold},
                                           {"cases", split.cases().size()},
                                           {"models", json_of(rows)}});
  }
  context.console.print_prose(fmt::format(
      "{} of {} items taken out of training; {} whose last item is among them, ranked among all items and among these",
      cold, data.catalogue_size(), counted(split.cases().size(), "person", "people")));
  print_rows(rows, context.console);
}

}  // namespace infodiet::tools
