#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "recsys/errors.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

constexpr std::size_t smoothed_updates = 20;

std::string recommender_sentence(const Json& metrics, double at_first, double at_best) {
  const auto best = metrics.at("best_epoch").get<std::size_t>();
  const std::size_t epochs = metrics.at("history").size();
  if (!metrics.contains("validation")) {
    return fmt::format("The loss fell from {:.3f} to {:.3f} in {} epochs; nothing was held out for validation.",
                       at_first, at_best, epochs);
  }
  std::string sentence = fmt::format(
      "NDCG@10 on the held-out items rose from {:.3f} after the first epoch to {:.3f} after epoch {} of {}, which is "
      "published.",
      at_first, at_best, best, epochs);
  const double published = metrics.at("validation").at("ndcg@10").get<double>();
  if (published != at_best) sentence += fmt::format(" Blended with its other memories it reaches {:.3f}.", published);
  return sentence;
}

Chart recommender_chart(const recsys::ModelRecord& record) {
  const Json metrics = stored_object(record.metrics, "model 'attention'");
  const Json& epochs = metrics.at("history");
  const auto best = metrics.at("best_epoch").get<std::size_t>();
  const bool validated = metrics.contains("validation");
  const char* figure = validated ? "ndcg@10" : "loss";
  Chart chart{.id = "learning-attention", .spec = "curve", .title = "The recommender"};
  chart.draw("axes", {{"x", "epoch"}, {"y", validated ? "validation NDCG@10" : "loss"}});
  for (const char* heading : {"epoch", "loss", "validation NDCG@10", "validation HR@10"}) chart.number_column(heading);
  for (std::size_t e = 0; e < epochs.size(); ++e) {
    const Json& epoch = epochs[e];
    chart.draw("smooth", {{"x", e + 1}, {"y", epoch.at(figure)}});
    const auto text = [&](const char* name) {
      return validated ? fmt::format("{:.4f}", epoch.at(name).get<double>()) : std::string();
    };
    chart.table.rows.push_back({fmt::format("{}", e + 1), fmt::format("{:.4f}", epoch.at("loss").get<double>()),
                                text("ndcg@10"), text("hr@10")});
  }
  const double at_best = epochs.at(best - 1).at(figure).get<double>();
  chart.draw("marks", {{"x", best}, {"y", at_best}, {"label", fmt::format("epoch {}: {:.4f}", best, at_best)}});
  const double published = validated ? metrics.at("validation").at("ndcg@10").get<double>() : at_best;
  if (published != at_best) {
    chart.draw("levels", {{"y", published}, {"label", fmt::format("blended: {:.4f}", published)}, {"strong", true}});
  }
  chart.sentence = recommender_sentence(metrics, epochs.at(0).at(figure).get<double>(), at_best);
  return chart;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Centred on an update, with fewer at either end.
double mean_around(std::span<const double> curve, std::size_t update) {
  const std::size_t reach = std::min({update, curve.size() - 1 - update, smoothed_updates / 2});
  return mean_of(curve.subspan(update - reach, 2 * reach + 1));
}

/// The returns of the optimum and of random slates, if a run with the same settings has them.
void draw_levels(Chart& chart, const Source& source, const std::string& environment, const Json& settings) {
  for (const Run& run : source.runs) {
    const auto optimum = run.metrics.find("optimum");
    const bool same = run.environment == environment && Json(run.settings) == settings;
    if (!same || optimum == run.metrics.end() || !optimum->is_object()) continue;
    const double best = optimum->at("value").get<double>();
    const double random = optimum->at("random").get<double>();
    chart.draw("levels", {{"y", best}, {"label", fmt::format("optimum {:.2f}", best)}, {"strong", true}});
    chart.draw("levels", {{"y", random}, {"label", fmt::format("random {:.2f}", random)}, {"strong", false}});
    chart.sentence += fmt::format(" Random slates earn {:.2f}, the optimum {:.2f}.", random, best);
    return;
  }
}

Chart agent_chart(const Source& source, const recsys::ModelRecord& record, const std::string& environment) {
  const std::string what = fmt::format("model '{}'", record.name);
  const auto stored = stored_object(record.metrics, what).at("curve").get<std::vector<double>>();
  if (stored.empty()) throw recsys::DamagedError(fmt::format("{}: it has no learning curve", what));
  const std::span<const double> curve(stored);
  Chart chart{.id = fmt::format("learning-{}", record.id),
              .spec = "curve",
              .title = fmt::format("The agent in {}", environment)};
  chart.draw("axes", {{"x", "update"}, {"y", "return of a session"}});
  chart.legend = fmt::format(
      "Grey: each update's sessions. Line: mean of about {}. While it learns it explores, so its final slates earn "
      "more.",
      smoothed_updates);
  chart.number_column("update");
  chart.number_column("mean return");
  chart.number_column(fmt::format("mean of about {}", smoothed_updates));
  for (std::size_t u = 0; u < curve.size(); ++u) {
    const double smooth = mean_around(curve, u);
    chart.draw("raw", {{"x", u + 1}, {"y", curve[u]}});
    chart.draw("smooth", {{"x", u + 1}, {"y", smooth}});
    chart.table.rows.push_back(
        {fmt::format("{}", u + 1), fmt::format("{:.3f}", curve[u]), fmt::format("{:.3f}", smooth)});
  }
  const std::size_t few = std::min(curve.size(), smoothed_updates);
  chart.sentence =
      fmt::format("The return of a session went from {:.2f} in the first {} updates to {:.2f} in the last {}.",
                  mean_of(curve.first(few)), few, mean_of(curve.last(few)), few);
  draw_levels(chart, source, environment, stored_object(record.configuration, what).at("settings"));
  return chart;
}

}  // namespace

Section learning_section(const Source& source) {
  Section section{.id = "learning", .title = "How they learned", .lead = {}};
  bool agents = false;
  try {
    if (const auto record = recsys::find_model(source.db, recsys::attention_model, recsys::ModelState::published)) {
      section.charts.push_back(recommender_chart(*record));
    } else {
      section.missing.push_back({"No recommender is trained yet.", "infodiet train"});
    }
    for (const recsys::ModelRecord& record : recsys::list_models(source.db)) {
      if (!record.name.starts_with(recsys::agent_model_prefix) || record.state != recsys::ModelState::published)
        continue;
      section.charts.push_back(agent_chart(source, record, record.name.substr(recsys::agent_model_prefix.size())));
      agents = true;
    }
  } catch (const nlohmann::json::exception& error) {
    throw recsys::DamagedError(fmt::format("the stored record of a model's training cannot be read: {}", error.what()));
  }
  if (!agents) {
    section.missing.push_back(
        {"No agent has learned yet.", "infodiet simulate --environment satiation --policy all --learn --users 1000"});
  }
  return section;
}

}  // namespace infodiet::tools::report
