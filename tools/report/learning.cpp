#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "recsys/errors.hpp"
#include "recsys/store/model_store.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

constexpr std::size_t smoothed_updates = 20;

Chart recommender_chart(const recsys::ModelRecord& record) {
  const Json metrics = stored_object(record.metrics, "model 'attention'");
  const Json& epochs = metrics.at("history");
  const auto best = metrics.at("best_epoch").get<std::size_t>();
  const bool validated = metrics.contains("validation");
  const char* figure = validated ? "ndcg@10" : "loss";
  Chart chart{.id = "learning-attention",
              .spec = "curve",
              .title = "The recommender",
              .sentence = {},
              .data = {{"axes", {{{"x", "epoch"}, {"y", validated ? "validation NDCG@10" : "loss"}}}},
                       {"raw", Json::array()},
                       {"smooth", Json::array()},
                       {"levels", Json::array()},
                       {"marks", Json::array()}},
              .legend = {},
              .table = {.columns = {{.title = "epoch", .align = Align::right},
                                    {.title = "loss", .align = Align::right},
                                    {.title = "validation NDCG@10", .align = Align::right},
                                    {.title = "validation HR@10", .align = Align::right}},
                        .rows = {}}};
  for (std::size_t e = 0; e < epochs.size(); ++e) {
    const Json& epoch = epochs[e];
    chart.data["smooth"].push_back({{"x", e + 1}, {"y", epoch.at(figure)}});
    const auto text = [&](const char* name) {
      return validated ? fmt::format("{:.4f}", epoch.at(name).get<double>()) : std::string();
    };
    chart.table.rows.push_back({fmt::format("{}", e + 1), fmt::format("{:.4f}", epoch.at("loss").get<double>()),
                                text("ndcg@10"), text("hr@10")});
  }
  const double at_best = epochs.at(best - 1).at(figure).get<double>();
  const double at_first = epochs.at(0).at(figure).get<double>();
  chart.data["marks"].push_back(
      {{"x", best}, {"y", at_best}, {"label", fmt::format("epoch {}: {:.4f}", best, at_best)}});
  if (!validated) {
    chart.sentence = fmt::format("The loss fell from {:.3f} to {:.3f} in {} epochs; nothing was held out to judge by.",
                                 at_first, at_best, epochs.size());
    return chart;
  }
  chart.sentence = fmt::format(
      "NDCG@10 on what was held out rose from {:.3f} after the first epoch to {:.3f} after "
      "epoch {} of {}, which is published.",
      at_first, at_best, best, epochs.size());
  const double published = metrics.at("validation").at("ndcg@10").get<double>();
  if (published != at_best) {
    chart.data["levels"].push_back(
        {{"y", published}, {"label", fmt::format("with neighbours: {:.4f}", published)}, {"strong", true}});
    chart.sentence += fmt::format(" Blended with counted neighbours it reaches {:.3f}.", published);
  }
  return chart;
}

Chart agent_chart(const Source& source, const recsys::ModelRecord& record, const std::string& environment) {
  const std::string what = fmt::format("model '{}'", record.name);
  const auto curve = stored_object(record.metrics, what).at("curve").get<std::vector<double>>();
  if (curve.empty()) throw recsys::DamagedError(fmt::format("{}: it has no curve of learning", what));
  const Json configuration = stored_object(record.configuration, what);
  Chart chart{
      .id = fmt::format("learning-{}", record.id),
      .spec = "curve",
      .title = fmt::format("The agent in {}", environment),
      .sentence = {},
      .data = {{"axes", {{{"x", "update"}, {"y", "return of a session"}}}},
               {"raw", Json::array()},
               {"smooth", Json::array()},
               {"levels", Json::array()},
               {"marks", Json::array()}},
      .legend = fmt::format("Grey: each update's sessions. Line: mean of about {}. While it learns it tries "
                            "things out, so what it shows in the end earns more.",
                            smoothed_updates),
      .table = {.columns = {{.title = "update", .align = Align::right},
                            {.title = "mean return", .align = Align::right},
                            {.title = fmt::format("mean of about {}", smoothed_updates), .align = Align::right}},
                .rows = {}}};
  // Around an update, with fewer at either end, so that the line neither lags nor leads.
  const auto mean_around = [&](std::size_t update) {
    const std::size_t reach = std::min({update, curve.size() - 1 - update, smoothed_updates / 2});
    const std::span<const double> near = std::span(curve).subspan(update - reach, 2 * reach + 1);
    return std::accumulate(near.begin(), near.end(), 0.0) / static_cast<double>(near.size());
  };
  const std::size_t few = std::min(curve.size(), smoothed_updates);
  const double at_first =
      std::accumulate(curve.begin(), curve.begin() + static_cast<std::ptrdiff_t>(few), 0.0) / static_cast<double>(few);
  const double at_last =
      std::accumulate(curve.end() - static_cast<std::ptrdiff_t>(few), curve.end(), 0.0) / static_cast<double>(few);
  for (std::size_t u = 0; u < curve.size(); ++u) {
    chart.data["raw"].push_back({{"x", u + 1}, {"y", curve[u]}});
    chart.data["smooth"].push_back({{"x", u + 1}, {"y", mean_around(u)}});
    chart.table.rows.push_back(
        {fmt::format("{}", u + 1), fmt::format("{:.3f}", curve[u]), fmt::format("{:.3f}", mean_around(u))});
  }
  chart.sentence = fmt::format("A session's return went from {:.2f} in the first {} updates to {:.2f} in the last {}.",
                               at_first, few, at_last, few);
  for (const Run& run : source.runs) {
    const auto optimum = run.metrics.find("optimum");
    const bool same = run.environment == environment && Json(run.settings) == configuration.at("settings");
    if (!same || optimum == run.metrics.end() || !optimum->is_object()) continue;
    const double best = optimum->at("value").get<double>();
    const double random = optimum->at("random").get<double>();
    chart.data["levels"].push_back({{"y", best}, {"label", fmt::format("optimum {:.2f}", best)}, {"strong", true}});
    chart.data["levels"].push_back({{"y", random}, {"label", fmt::format("random {:.2f}", random)}, {"strong", false}});
    chart.sentence += fmt::format(" Random slates earn {:.2f}, the optimum {:.2f}.", random, best);
    break;
  }
  return chart;
}

}  // namespace

Section learning_section(const Source& source) {
  Section section{.id = "learning", .title = "How they learned", .lead = {}};
  constexpr std::string_view agent = "agent/";
  bool agents = false;
  try {
    if (const auto record = recsys::find_model(source.db, "attention", recsys::ModelState::published)) {
      section.charts.push_back(recommender_chart(*record));
    } else {
      section.missing.push_back({"No recommender is trained yet.", "infodiet train"});
    }
    for (const recsys::ModelRecord& record : recsys::list_models(source.db)) {
      if (!record.name.starts_with(agent) || record.state != recsys::ModelState::published) continue;
      section.charts.push_back(agent_chart(source, record, record.name.substr(agent.size())));
      agents = true;
    }
  } catch (const nlohmann::json::exception& error) {
    throw recsys::DamagedError(fmt::format("what is stored of how a model learned cannot be read: {}", error.what()));
  }
  if (!agents) {
    section.missing.push_back(
        {"No agent has learned yet.", "infodiet simulate --environment satiation --policy all --learn --users 1000"});
  }
  return section;
}

}  // namespace infodiet::tools::report
