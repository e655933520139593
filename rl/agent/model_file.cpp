#include "rl/agent/model_file.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/parameter_tensors.hpp"

namespace infodiet::rl {

namespace {

using Json = nlohmann::ordered_json;

constexpr auto current = "";
constexpr auto current_moments = "moments";
constexpr auto user_moments = "user_moments";
constexpr auto user_events = "user.past.events";
constexpr auto user_shown = "user.past.shown";
constexpr auto user_outcomes = "user.past.outcomes";
constexpr auto worth_prefix = "worth.";
constexpr auto worth_moments = "worth_moments";
constexpr auto earnings_prefix = "earnings.";
constexpr auto earnings_moments = "earnings_moments";
constexpr auto earnings_products = "earnings.products";
constexpr auto earnings_log_products = "earnings.log_products";
constexpr auto luck_products = "luck.products";
constexpr auto averaged_suffix = "averaged.";
constexpr auto past_states = "past.states";
constexpr auto past_items = "past.items";
constexpr auto past_seen = "past.seen";
// Larger than any trained width, small enough that a damaged file cannot ask for much memory.
constexpr std::size_t widest = 4096;
constexpr std::size_t most_topics = 1000000;

Json to_json(const RewardWeights& reward) {
  return engine::parse_json<Json>(recsys::settings_json(RewardWeights::settings(), reward));
}

Json to_json(const AgentTraining& training) {
  Json json = engine::parse_json<Json>(recsys::settings_json(AgentTraining::settings(), training));
  json["updates"] = training.updates;
  json["reward"] = training.reward == RewardKind::expected ? "expected" : "drawn";
  return json;
}

Json to_json(const Forecast& forecast) {
  return {{"means", forecast.scale().means},
          {"size", forecast.scale().size},
          {"steps", forecast.moments().steps},
          {"remembered", forecast.manner().remembered}};
}

Json to_json(const BestShare& share) {
  return {share.product, share.square};
}

BestShare share_from(const Json& json) {
  const auto [product, square] = json.get<std::array<double, 2>>();
  return {.product = product, .square = square};
}

Json to_json(const RewardForecast& earnings) {
  Json json = to_json(earnings.network());
  const LogForecast::State logarithms = earnings.logarithms().state();
  json["factor"] = to_json(logarithms.factor);
  json["largest"] = logarithms.largest;
  json["logarithms"] = to_json(earnings.shares().logarithms);
  json["share"] = to_json(earnings.shares().network);
  return json;
}

// Running estimates of training; as text they round-trip to the same bits.
Json course_json(const AgentTrainer& trainer) {
  const AgentTrainer::Course& course = trainer.course();
  return {{"log_weight", course.log_weight},         {"weight", course.weight},
          {"advantage_size", course.advantage_size}, {"user_steps", trainer.users().moments().steps},
          {"worth", to_json(trainer.worth())},       {"earnings", to_json(trainer.earnings())}};
}

/// Whether the replay buffer spans several lessons.
bool remembers(const Forecast& forecast) {
  return forecast.manner().remembered > 1;
}

bool averages(const Forecast& forecast) {
  return forecast.manner().average > 0;
}

void add_numbers(std::vector<recsys::TensorToStore>& tensors, std::string name, const std::vector<float>& numbers) {
  tensors.push_back(recsys::tensor_to_store<float>(std::move(name), {numbers.size()}, numbers));
}

void add_forecast(std::vector<recsys::TensorToStore>& tensors, const Forecast& forecast, const char* name,
                  const char* moments_name) {
  recsys::add_parameters(tensors, name, forecast.layout(), forecast.parameters());
  recsys::add_moments(tensors, moments_name, forecast.moments());
  if (averages(forecast)) {
    recsys::add_parameters(tensors, std::string(name) + averaged_suffix, forecast.layout(), forecast.averaged());
  }
  const Forecast::Past& past = forecast.past();
  if (!remembers(forecast) || past.seen.empty()) return;
  add_numbers(tensors, std::string(name) + past_states, past.states);
  add_numbers(tensors, std::string(name) + past_items, past.items);
  add_numbers(tensors, std::string(name) + past_seen, past.seen);
}

Forecast::Past read_past(const recsys::ModelReader& reader, const Forecast& as, const std::string& name) {
  Forecast::Past past{.states = reader.read<float>(name + past_states),
                      .items = reader.read<float>(name + past_items),
                      .seen = reader.read<float>(name + past_seen)};
  const std::size_t rows = past.seen.size();
  if (rows > 0 && past.states.size() == rows * as.options().state_features &&
      past.items.size() == rows * as.options().item_features && rows % as.scale().means.size() == 0) {
    return past;
  }
  throw recsys::DamagedError(fmt::format(
      "a stored training has {} rewards in its replay buffer, but another number of states and items", rows));
}

/// Reads a forecast's state stored under these names; `as` has its sizes.
Forecast::State read_forecast(const recsys::ModelReader& reader, const Json& json, const Forecast& as, const char* name,
                              const char* moments_name) {
  Forecast::Scale scale{.means = json.at("means").get<std::vector<double>>(), .size = json.at("size").get<double>()};
  if (scale.means.size() != as.scale().means.size()) {
    throw recsys::DamagedError(
        fmt::format("a stored training predicts {} steps: expected {}", scale.means.size(), as.scale().means.size()));
  }
  const auto steps = json.at("steps").get<std::size_t>();
  return {.parameters = recsys::read_parameters(reader, name, as.layout()),
          .moments = recsys::read_moments(reader, moments_name, as.layout().size(), steps),
          .averaged = averages(as) ? recsys::read_parameters(reader, std::string(name) + averaged_suffix, as.layout())
                                   : engine::Parameters<float>(as.layout()),
          .scale = std::move(scale),
          .past = remembers(as) && steps > 0 ? read_past(reader, as, name) : Forecast::Past{}};
}

void add_line(std::vector<recsys::TensorToStore>& tensors, const char* name, const LinearForecast& line) {
  const std::size_t size = line.terms() + 1;
  tensors.push_back(recsys::tensor_to_store<double>(name, {size, size}, line.products()));
}

/// Reads the products stored under a name; `as` has their size.
std::vector<double> read_line(const recsys::ModelReader& reader, const char* name, const LinearForecast& as) {
  std::vector<double> products = reader.read<double>(name);
  try {
    LinearForecast(as.terms()).restore(products);
  } catch (const Error& error) {
    throw recsys::DamagedError(fmt::format("a stored training has unusable {}: {}", name, error.what()));
  }
  return products;
}

void add_earnings(std::vector<recsys::TensorToStore>& tensors, const RewardForecast& earnings) {
  add_forecast(tensors, earnings.network(), earnings_prefix, earnings_moments);
  add_line(tensors, earnings_products, earnings.line());
  add_line(tensors, earnings_log_products, earnings.logarithms().line());
}

LogForecast::State read_logarithms(const recsys::ModelReader& reader, const Json& json, const LogForecast& as) {
  const auto largest = json.at("largest").get<double>();
  if (!(largest >= 0)) {
    throw recsys::DamagedError(fmt::format(
        "a stored training says that {} is the largest logarithm of its rewards: expected at least 0; leave "
        "out --resume to start over",
        largest));
  }
  return {.products = read_line(reader, earnings_log_products, as.line()),
          .factor = share_from(json.at("factor")),
          .largest = largest};
}

RewardForecast::State read_earnings(const recsys::ModelReader& reader, const Json& json, const RewardForecast& as) {
  return {.network = read_forecast(reader, json, as.network(), earnings_prefix, earnings_moments),
          .products = read_line(reader, earnings_products, as.line()),
          .logarithms = read_logarithms(reader, json, as.logarithms()),
          .shares = {.logarithms = share_from(json.at("logarithms")), .network = share_from(json.at("share"))}};
}

void add_users(std::vector<recsys::TensorToStore>& tensors, const AgentTrainer& trainer) {
  const UserLearning::Past& past = trainer.users().past();
  if (past.outcomes.empty()) return;
  recsys::add_moments(tensors, user_moments, trainer.users().moments());
  add_numbers(tensors, user_events, past.events);
  add_numbers(tensors, user_shown, past.shown);
  add_numbers(tensors, user_outcomes, past.outcomes);
}

UserLearning::State read_users(const recsys::ModelReader& reader, const AgentTrainer& trainer, std::size_t steps) {
  const AgentModel& model = trainer.model();
  if (model.user() == nullptr || steps == 0) return {.moments = trainer.users().moments(), .past = {}};
  UserLearning::State state{
      .moments = recsys::read_moments(reader, user_moments, model.layout().size() - model.network_size(), steps),
      .past = {.events = reader.read<float>(user_events),
               .shown = reader.read<float>(user_shown),
               .outcomes = reader.read<float>(user_outcomes)}};
  if (!state.past.outcomes.empty() && trainer.users().fits(state.past)) return state;
  throw recsys::DamagedError("a stored training remembers sessions for its user model that do not fit together");
}

// Checkpoints of earlier versions remember fewer sessions, in other slots, and have no regression of logarithms.
void require_same_version(const std::string& path, const Json& stored, const RewardForecast& earnings) {
  if (stored.contains("logarithms") &&
      stored.value("remembered", std::size_t{0}) == earnings.network().manner().remembered) {
    return;
  }
  throw recsys::DataError(
      fmt::format("{}: the interrupted training is of another version of infodiet, which learned rewards in another "
                  "way: leave out --resume to start over",
                  path));
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
          {"heads", config.heads},
          {"sums", config.sums == SessionSums::yes},
          {"memory", config.memory == UserMemory::yes}};
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
          .configuration = engine::json_text(configuration),
          .seed = identity.training.seed,
          .data_fingerprint = identity.data_fingerprint,
          .holdout = "none",
          .metrics = engine::json_text(metrics),
          .forgotten_users = identity.forgotten_users,
          .forgets = identity.forgets};
}

// We wrote the stored data, but the file may have been changed: every failing access is damage.
template <class F>
auto from_stored(const std::string& name, F read) {
  try {
    return read();
  } catch (const nlohmann::json::exception& error) {
    throw recsys::DamagedError(
        fmt::format("what is stored with model '{}' is not valid ({}): train the agent again", name, error.what()));
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
                           .heads = bounded(json, "heads", 1, widest),
                           .sums = json.value("sums", false) ? SessionSums::yes : SessionSums::no,
                           .memory = json.value("memory", false) ? UserMemory::yes : UserMemory::no};
  if (config.width % config.heads == 0) return config;
  throw recsys::DamagedError(
      fmt::format("the configuration of a stored agent says {} heads of a width of {}", config.heads, config.width));
}

}  // namespace

void publish_agent(recsys::Database& db, const AgentSpec& identity, const AgentTrainer& trainer,
                   const AgentProgress& progress) {
  std::vector<recsys::TensorToStore> tensors;
  recsys::add_parameters(tensors, current, trainer.model().layout(), trainer.model().parameters());
  recsys::Transaction transaction(db);
  recsys::publish_model(db, record_of(identity, progress), tensors);
  recsys::delete_checkpoint(db, recsys::agent_model(identity.environment));
  transaction.commit();
}

bool save_agent_checkpoint(recsys::Database& db, const AgentSpec& identity, const AgentTrainer& trainer,
                           const AgentProgress& progress) {
  std::vector<recsys::TensorToStore> tensors;
  recsys::add_parameters(tensors, current, trainer.model().layout(), trainer.model().parameters());
  recsys::add_moments(tensors, current_moments, trainer.moments());
  add_users(tensors, trainer);
  add_forecast(tensors, trainer.worth(), worth_prefix, worth_moments);
  add_earnings(tensors, trainer.earnings());
  add_line(tensors, luck_products, trainer.luck().line());
  recsys::ModelRecord record = record_of(identity, progress);
  Json metrics = engine::require_json<Json>(record.metrics);
  metrics["course"] = course_json(trainer);
  record.metrics = engine::json_text(metrics);
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
        fmt::format("{}: the interrupted training had other data, settings or seed: repeat the command that started "
                    "it, or leave out --resume to start over",
                    db.path()));
  }
  return from_stored(name, [&] {
    const Json metrics = engine::require_json<Json>(record.metrics);
    AgentProgress progress{.curve = metrics.at("curve").get<std::vector<double>>(),
                           .seconds = metrics.at("seconds").get<double>()};
    const AgentModel& model = trainer.model();
    const Json& course = metrics.at("course");
    require_same_version(db.path(), course.at("earnings"), trainer.earnings());
    trainer.restore({.parameters = recsys::read_parameters(reader, current, model.layout()),
                     .moments = recsys::read_moments(reader, current_moments, model.network_size(),
                                                     progress.curve.size() * trainer.steps_each()),
                     .users = read_users(reader, trainer, course.at("user_steps").get<std::size_t>()),
                     .worth = read_forecast(reader, course.at("worth"), trainer.worth(), worth_prefix, worth_moments),
                     .earnings = read_earnings(reader, course.at("earnings"), trainer.earnings()),
                     .luck = read_line(reader, luck_products, trainer.luck().line()),
                     .course = course_from(course)});
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
    const Json configuration = engine::require_json<Json>(reader.record().configuration);
    const auto learned = configuration.at("topics").get<std::vector<std::string>>();
    if (!std::equal(learned.begin(), learned.end(), topics.begin(), topics.end())) {
      throw recsys::DataError(fmt::format(
          "{}: the agent was trained with {} topics, and there are now {} or different ones: train it again with "
          "'infodiet simulate --environment {} --policy agent --learn'",
          db.path(), learned.size(), topics.size(), environment));
    }
    const auto model = std::make_shared<AgentModel>(config_from(configuration.at("model")), reader.record().seed);
    model->parameters() = recsys::read_parameters(reader, current, model->layout());
    return StoredAgent{
        model, reader.record().id,
        engine::json_text(Json{{"settings", configuration.at("settings")}, {"reward", configuration.at("reward")}}),
        configuration.at("settings").get<std::vector<std::string>>()};
  });
}

}  // namespace infodiet::rl
