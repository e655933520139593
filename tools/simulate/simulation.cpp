#include "tools/simulate/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "recsys/errors.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "rl/environments/registry.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

namespace {

Json summary_json(const std::optional<rl::DietRecorder::Summary>& summary) {
  if (!summary) return nullptr;
  return {
      {"mean", summary->estimate.mean}, {"stderr", summary->estimate.standard_error}, {"sessions", summary->sessions}};
}

std::string reward_name(rl::RewardKind kind) {
  return kind == rl::RewardKind::drawn ? "drawn" : "expected";
}

Json json_of(const Given& given) {
  return {{"sessions", given.sessions}, {"rewards", reward_name(given.reward)}};
}

struct SummaryMetric {
  const char* name;
  const char* title;
};
constexpr std::array summary_metrics{
    SummaryMetric{"taste.topics_on_the_way", "taste"}, SummaryMetric{"taste.topics_at_the_end", "at the end"},
    SummaryMetric{"consumed.items", "consumed"},       SummaryMetric{"consumed.effective_topics", "variety"},
    SummaryMetric{"consumed.nutrition", "nutrition"},  SummaryMetric{"consumed.sugar", "sugar"},
    SummaryMetric{"consumed.novelty", "novelty"},      SummaryMetric{"overload", "overload"},
    SummaryMetric{"bubble_index", "narrowing"}};

/// The return of the first sessions as a percentage of their bounds, whose mean is above 0. The error is that of a
/// ratio of means over people (delta method).
std::optional<rl::Estimate> percent_of_bound(std::span<const double> returns, const Arena& arena) {
  const double bound = rl::estimate(arena.ceiling.bounds).mean;
  if (!(bound > 0)) return std::nullopt;
  const double share = rl::estimate(returns.first(arena.ceiling.bounds.size())).mean / bound;
  std::vector<double> off;
  for (std::size_t i = 0; i < arena.ceiling.bounds.size(); ++i)
    off.push_back(returns[i] - share * arena.ceiling.bounds[i]);
  const double error = rl::estimate(off, arena.plan.sessions_each).standard_error;
  return rl::Estimate{100 * share, 100 * error / bound};
}

}  // namespace

rl::AgentSpec Stage::agent(const rl::AgentTraining& training) const {
  const bool data_set = world != nullptr;
  return {.environment = name,
          .settings = settings,
          .reward = reward,
          .topics = data_set ? world->topics : std::vector<std::string>(),
          .data_fingerprint = data_set ? recsys::data_fingerprint(world->data) : std::string(),
          .forgets = data_set ? std::optional(world->data.forgets) : std::nullopt,
          .forgotten_users = forgotten_users,
          .config = {.topics = environment->shape().topics,
                     .scores = data_set ? rl::ScoreInput::told : rl::ScoreInput::hidden,
                     .width = training.width},
          .training = training};
}

rl::StoredIds Stage::ids() const {
  if (world == nullptr) return {};
  return {.users = world->data.user_ids, .items = world->data.item_ids, .forgets = world->data.forgets};
}

Stage make_stage(const std::string& name, const std::vector<std::string>& settings,
                 const std::optional<rl::RewardWeights>& reward, const recsys::Database* db) {
  Stage stage{.name = name, .settings = settings, .reward = {}, .world = {}, .environment = {}};
  if (!rl::known_environment(name).of_data()) {
    if (reward) {
      throw recsys::SettingError(
          fmt::format("--reward: {} has its own reward; only --environment catalogue takes a weighted sum", name));
    }
    stage.environment = rl::make_environment(name, settings);
    return stage;
  }
  if (db == nullptr) {
    throw recsys::DataError(
        fmt::format("{} needs a data set: make a database with 'infodiet import' or 'infodiet sample'", name));
  }
  const recsys::Snapshot snapshot(*db);  // so that data and model match
  stage.world = std::make_shared<const rl::DataWorld>(rl::load_data_world(*db));
  stage.reward = reward.value_or(rl::RewardWeights{.engagement = 1});
  stage.catalogue = std::make_shared<const rl::CatalogueEnvironment>(
      rl::make_catalogue(*stage.world, *rl::trained_recommender(*db, stage.world->data), settings, *stage.reward));
  stage.environment = stage.catalogue;
  const auto recommender = recsys::find_model(*db, recsys::attention_model, recsys::ModelState::published);
  if (!recommender && stage.reward->relevance != 0) {
    throw recsys::DataError(fmt::format(
        "--reward: relevance needs a trained recommender, and there is none yet: run 'infodiet train --db {}'",
        db->path()));
  }
  stage.forgotten_users = recommender ? recommender->forgotten_users : 0;
  return stage;
}

std::optional<rl::RewardWeights> stored_reward(const Json& reward) {
  if (!reward.is_object()) return std::nullopt;
  rl::RewardWeights weights;
  for (const auto& term : rl::RewardWeights::settings()) {
    const auto weight = reward.find(std::string(term.name));
    if (weight != reward.end() && weight->is_number()) term.set(weights, weight->get<double>());
  }
  return weights;
}

Stage with_reward(const Stage& stage, const rl::RewardWeights& reward) {
  Stage other = stage;
  other.reward = reward;
  other.catalogue = std::make_shared<const rl::CatalogueEnvironment>(stage.catalogue->with_reward(reward));
  other.environment = other.catalogue;
  return other;
}

const rl::DietRecorder::Summary* PolicyResult::metric(const std::string& metric_name) const {
  const std::span<const rl::DietMetric> metrics = rl::diet_metrics();
  const auto shown = [](const std::optional<rl::DietRecorder::Summary>& summary) {
    return summary ? &*summary : nullptr;
  };
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    if (metrics[m].name == metric_name) return shown(diet[m]);
  }
  if (metric_name == "taste.topics_on_the_way") return shown(taste_on_the_way);
  if (metric_name == "taste.topics_at_the_end") return shown(taste_at_the_end);
  return nullptr;
}

PolicyResult run_policy(const NamedPolicy& policy, const Arena& arena, engine::ThreadPool& pool, rl::RunWriter* writer,
                        const rl::RunJob* job) {
  rl::DietRecorder diet(arena.plan);
  if (writer != nullptr) writer->begin_policy(policy.name);
  const rl::RunJob alone{.processes = engine::alone(), .environment = {}, .settings = {}};
  const std::vector<double> returns = rl::simulate_together(job == nullptr ? alone : *job, arena.environment,
                                                            *policy.policy, arena.plan, pool, {diet, writer});
  PolicyResult result{.name = policy.name,
                      .earned = rl::estimate(returns, arena.plan.sessions_each),
                      .percent = {},
                      .diet = {},
                      .fragmentation = diet.consumed_fragmentation(),
                      .taste_on_the_way = diet.taste_on_the_way(),
                      .taste_at_the_end = diet.taste_at_the_end(),
                      .given = policy.given};
  if (!arena.ceiling.bounds.empty()) result.percent_of_bound = percent_of_bound(returns, arena);
  if (arena.ceiling.optimum != nullptr) result.percent = rl::percent_of_optimum(result.earned, *arena.ceiling.optimum);
  for (std::size_t m = 0; m < rl::diet_metrics().size(); ++m) result.diet.push_back(diet.summary(m));
  return result;
}

Json to_json(const PolicyResult& result) {
  Json diet = Json::object();
  const std::span<const rl::DietMetric> metrics = rl::diet_metrics();
  for (std::size_t m = 0; m < metrics.size(); ++m) diet[metrics[m].name] = summary_json(result.diet[m]);
  if (result.taste_on_the_way) diet["taste.topics_on_the_way"] = summary_json(result.taste_on_the_way);
  if (result.taste_at_the_end) diet["taste.topics_at_the_end"] = summary_json(result.taste_at_the_end);
  diet["consumed.fragmentation"] = result.fragmentation ? Json{{"mean", *result.fragmentation}} : Json(nullptr);
  return {{"name", result.name},
          {"return", result.earned.mean},
          {"return_stderr", result.earned.standard_error},
          {"percent_of_optimum", result.percent ? Json(result.percent->mean) : Json(nullptr)},
          {"percent_stderr", result.percent ? Json(result.percent->standard_error) : Json(nullptr)},
          {"percent_of_bound", result.percent_of_bound ? Json(result.percent_of_bound->mean) : Json(nullptr)},
          {"percent_of_bound_stderr",
           result.percent_of_bound ? Json(result.percent_of_bound->standard_error) : Json(nullptr)},
          {"learned_from", result.given ? json_of(*result.given) : Json(nullptr)},
          {"diet", std::move(diet)}};
}

void print_results(const Console& console, const std::vector<PolicyResult>& results) {
  std::vector<Column> columns = {
      {.title = "policy"}, {.title = "return", .align = Align::right}, {.title = "+-", .align = Align::right}};
  const bool with_percent = std::any_of(results.begin(), results.end(), [](const auto& r) { return r.percent; });
  if (with_percent) columns.push_back({.title = "% of optimum", .align = Align::right});
  const bool with_bound = std::any_of(results.begin(), results.end(), [](const auto& r) { return r.percent_of_bound; });
  if (with_bound) columns.push_back({.title = "% of bound", .align = Align::right});
  const bool with_given = std::any_of(results.begin(), results.end(), [](const auto& r) { return r.given; });
  if (with_given) columns.push_back({.title = "learned from", .align = Align::right});
  std::vector<SummaryMetric> shown;
  for (const SummaryMetric& metric : summary_metrics) {
    const auto has = [&](const PolicyResult& result) { return result.metric(metric.name) != nullptr; };
    if (std::none_of(results.begin(), results.end(), has)) continue;
    shown.push_back(metric);
    columns.push_back({.title = metric.title, .align = Align::right});
  }
  Table table(columns);
  for (const PolicyResult& result : results) {
    std::vector<std::string> cells = {result.name, fmt::format("{:.3f}", result.earned.mean),
                                      fmt::format("{:.3f}", result.earned.standard_error)};
    if (with_percent)
      cells.push_back(
          result.percent && std::isfinite(result.percent->mean) ? fmt::format("{:.2f}", result.percent->mean) : "");
    if (with_bound) {
      cells.push_back(result.percent_of_bound ? fmt::format("{:.1f}", result.percent_of_bound->mean) : "");
    }
    if (with_given) {
      cells.push_back(result.given ? fmt::format("{} {}", result.given->sessions, reward_name(result.given->reward))
                                   : "");
    }
    for (const SummaryMetric& metric : shown) {
      const rl::DietRecorder::Summary* summary = result.metric(metric.name);
      cells.push_back(summary == nullptr ? "" : fmt::format("{:.3f}", summary->estimate.mean));
    }
    table.add(std::move(cells));
  }
  table.print(console);
}

}  // namespace infodiet::tools
