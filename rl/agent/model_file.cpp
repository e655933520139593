#include "rl/agent/model_file.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "recsys/errors.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/parameter_tensors.hpp"

namespace infodiet::rl {

namespace {

using Json = nlohmann::ordered_json;

constexpr auto current = "";
constexpr auto moments = "moments";
constexpr auto critic = "critic.";
constexpr auto critic_moments = "critic_moments";
// Larger than any that is trained here, small enough that a damaged file asks for no memory to speak of.
constexpr std::size_t widest = 4096;
constexpr std::size_t most_topics = 1000000;

Json to_json(const RewardWeights& reward) {
  return Json::parse(recsys::settings_json(RewardWeights::settings(), reward));
}

Json to_json(const AgentTraining& training) {
  Json json = Json::parse(recsys::settings_json(AgentTraining::settings(), training));
  json["updates"] = training.updates;
  json["reward"] = training.reward == RewardKind::expected ? "expected" : "drawn";
  return json;
}

// Numbers that follow the course of learning: as text they come back to the bit.
Json course_json(const AgentTrainer& trainer) {
  const AgentTrainer::Course& course = trainer.course();
  const Critic::Scale& scale = trainer.critic().scale();
  return {{"log_weight", course.log_weight},
          {"weight", course.weight},
          {"advantage_size", course.advantage_size},
          {"value_means", scale.means},
          {"value_size", scale.size}};
}

Critic::Scale scale_from(const Json& json, std::size_t steps) {
  Critic::Scale scale{.means = json.at("value_means").get<std::vector<double>>(),
                      .size = json.at("value_size").get<double>()};
  if (scale.means.size() == steps) return scale;
  throw recsys::DamagedError(
      fmt::format("a stored course of learning has values of {} steps: expected {}", scale.means.size(), steps));
}

AgentTrainer::Course course_from(const Json& json) {
  return {.log_weight = json.at("log_weight").get<double>(),
          .weight = json.at("weight").get<double>(),
          .advantage_size = json.at("advantage_size").get<double>()};
}

Json to_json(const AgentConfig& config) {
  return {{"topics", config.topics},
          {"scores", config.scores == ScoreInput::told},
          {"width", config.width},
          {"heads", config.heads}};
}

recsys::ModelRecord record_of(const AgentSpec& identity, const AgentProgress& progress) {
  const Json configuration = {{"environment", identity.environment},
                              {"settings", identity.settings},
                              {"reward", identity.reward ? to_json(*identity.reward) : Json(nullptr)},
                              {"topics", identity.topics},
                              {"model", to_json(identity.config)},
                              {"training", to_json(identity.training)}};
  const Json metrics = {{"updates", progress.curve.size()}, {"seconds", progress.seconds}, {"curve", progress.curve}};
  return {.name = recsys::agent_model(identity.environment),
          .configuration = configuration.dump(),
          .seed = identity.training.seed,
          .data_fingerprint = identity.data_fingerprint,
          .holdout = "none",
          .metrics = metrics.dump(),
          .forgotten_users = identity.forgotten_users,
          .forgets = identity.forgets};
}

// What is stored is ours, but the file may have been changed: every access that fails is damage.
template <class F>
auto from_stored(const std::string& name, F read) {
  try {
    return read();
  } catch (const nlohmann::json::exception& error) {
    throw recsys::DamagedError(
        fmt::format("what is stored with model '{}' does not make sense ({}): learn again", name, error.what()));
  }
}

std::size_t bounded(const Json& json, const char* name, std::size_t low, std::size_t high) {
  const auto value = json.at(name).get<std::size_t>();
  if (value >= low && value <= high) return value;
  throw recsys::DamagedError(
      fmt::format("the configuration of a stored agent says {} = {}: expected {} to {}", name, value, low, high));
}

AgentConfig config_from(const Json& json) {
  const AgentConfig config{.topics = bounded(json, "topics", 0, most_topics),
                           .scores = json.at("scores").get<bool>() ? ScoreInput::told : ScoreInput::hidden,
                           .width = bounded(json, "width", 1, widest),
                           .heads = bounded(json, "heads", 1, widest)};
  if (config.width % config.heads == 0) return config;
  throw recsys::DamagedError(
      fmt::format("the configuration of a stored agent says {} heads of a width of {}", config.heads, config.width));
}

}  // namespace

void publish_agent(recsys::Database& db, const AgentSpec& identity, const AgentTrainer& trainer,
                   const AgentProgress& progress) {
  std::vector<recsys::TensorToStore> tensors;
  recsys::add_parameters(tensors, current, trainer.model().network().layout(), trainer.model().parameters());
  recsys::Transaction transaction(db);
  recsys::publish_model(db, record_of(identity, progress), tensors);
  recsys::delete_checkpoint(db, recsys::agent_model(identity.environment));
  transaction.commit();
}

bool save_agent_checkpoint(recsys::Database& db, const AgentSpec& identity, const AgentTrainer& trainer,
                           const AgentProgress& progress) {
  std::vector<recsys::TensorToStore> tensors;
  recsys::add_parameters(tensors, current, trainer.model().network().layout(), trainer.model().parameters());
  recsys::add_moments(tensors, moments, trainer.moments());
  recsys::add_parameters(tensors, critic, trainer.critic().layout(), trainer.critic().parameters());
  recsys::add_moments(tensors, critic_moments, trainer.critic().moments());
  recsys::ModelRecord record = record_of(identity, progress);
  Json metrics = Json::parse(record.metrics);
  metrics["course"] = course_json(trainer);
  record.metrics = metrics.dump();
  return recsys::save_checkpoint(db, record, tensors);
}

std::optional<AgentProgress> restore_agent_checkpoint(const recsys::Database& db, AgentSpec& identity,
                                                      AgentTrainer& trainer) {
  const std::string name = recsys::agent_model(identity.environment);
  if (!recsys::find_model(db, name, recsys::ModelState::training)) return std::nullopt;
  const recsys::ModelReader reader(db, name, recsys::ModelState::training);
  const recsys::ModelRecord& record = reader.record();
  const recsys::ModelRecord expected = record_of(identity, {});
  if (record.configuration != expected.configuration || record.seed != expected.seed ||
      record.data_fingerprint != expected.data_fingerprint) {
    throw recsys::DataError(
        fmt::format("{}: the learning that was interrupted had other data, settings or seed: repeat the command it was "
                    "started with, or learn without --resume to start anew",
                    db.path()));
  }
  return from_stored(name, [&] {
    const Json metrics = Json::parse(record.metrics);
    AgentProgress progress{.curve = metrics.at("curve").get<std::vector<double>>(),
                           .seconds = metrics.at("seconds").get<double>()};
    const engine::ParameterLayout& layout = trainer.model().network().layout();
    const engine::ParameterLayout& judge = trainer.critic().layout();
    const std::size_t steps = trainer.critic().scale().means.size();
    trainer.restore(
        {.parameters = recsys::read_parameters(reader, current, layout),
         .moments = recsys::read_moments(reader, moments, layout.size(), progress.curve.size()),
         .critic = {.parameters = recsys::read_parameters(reader, critic, judge),
                    .moments = recsys::read_moments(reader, critic_moments, judge.size(), progress.curve.size()),
                    .scale = scale_from(metrics.at("course"), steps)},
         .course = course_from(metrics.at("course"))});
    identity.forgotten_users = std::max(identity.forgotten_users, record.forgotten_users);
    return progress;
  });
}

recsys::DataError no_agent_learned(const std::string& path, std::string_view environment) {
  return recsys::DataError(
      fmt::format("{}: no agent has learned in {} yet: 'infodiet simulate --environment {} "
                  "--policy agent --learn' makes one",
                  path, environment, environment));
}

StoredAgent load_agent(const recsys::Database& db, std::string_view environment, std::span<const std::string> topics) {
  const std::string name = recsys::agent_model(environment);
  if (!recsys::find_model(db, name, recsys::ModelState::published)) {
    throw no_agent_learned(db.path(), environment);
  }
  const recsys::ModelReader reader(db, name);
  return from_stored(name, [&] {
    const Json configuration = Json::parse(reader.record().configuration);
    const auto learned = configuration.at("topics").get<std::vector<std::string>>();
    if (!std::equal(learned.begin(), learned.end(), topics.begin(), topics.end())) {
      throw recsys::DataError(
          fmt::format("{}: the agent learned with {} topics and there are {} now, or others: let it learn again with "
                      "'infodiet simulate --environment {} --policy agent --learn'",
                      db.path(), learned.size(), topics.size(), environment));
    }
    const auto model = std::make_shared<AgentModel>(config_from(configuration.at("model")), reader.record().seed);
    model->parameters() = recsys::read_parameters(reader, current, model->network().layout());
    return StoredAgent{model, reader.record().id,
                       Json{{"settings", configuration.at("settings")}, {"reward", configuration.at("reward")}}.dump(),
                       configuration.at("settings").get<std::vector<std::string>>()};
  });
}

}  // namespace infodiet::rl
