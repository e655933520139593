#include "tools/serve/simulations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recsys/settings.hpp"
#include "rl/environments/data_world.hpp"
#include "rl/environments/registry.hpp"
#include "rl/policies/registry.hpp"
#include "rl/reward.hpp"
#include "rl/runs/simulate.hpp"
#include "rl/runs/watch.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/service.hpp"
#include "tools/simulate/lessons.hpp"

namespace infodiet::tools::serve {
namespace {

constexpr std::int64_t most_people = 50;  // of one request
constexpr std::size_t most_policies = 8;
constexpr std::size_t most_offers = 20'000'000;     // people times items, all of which catalogue ranks first
constexpr std::string_view slow_policy = "slateq";  // it learns for up to a minute

// Traits of people: what may be changed here. Sizes decide how long it takes and stay as they are.
bool is_trait(const recsys::SettingInfo& setting) {
  return setting.kind == recsys::SettingKind::real;
}

Json setting_json(const recsys::SettingInfo& setting) {
  return {{"name", std::string(setting.name)},
          {"value", setting.value},
          {"low", setting.low},
          {"high", setting.high},
          {"meaning", std::string(setting.meaning)}};
}

std::vector<std::string> assignments_of(const rl::KnownEnvironment& known, const Json& settings) {
  std::vector<std::string> assignments;
  for (const auto& [name, value] : settings.items()) {
    const auto same = [&wanted = name](const recsys::SettingInfo& one) { return one.name == wanted && is_trait(one); };
    if (std::none_of(known.settings.begin(), known.settings.end(), same)) {
      throw RequestError(
          400, fmt::format("Settings: {} has no trait '{}'; GET /api/simulation lists them", known.name, name));
    }
    if (!value.is_number()) throw RequestError(400, fmt::format("Settings: {}: expected a number", name));
    assignments.push_back(fmt::format("{}={}", name, value.get<double>()));
  }
  return assignments;
}

rl::RewardWeights reward_of(const Json& weights) {
  std::string text;
  for (const auto& [term, weight] : weights.items()) {
    if (!weight.is_number()) throw RequestError(400, fmt::format("Reward: {}: expected a number", term));
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", term, weight.get<double>());
  }
  return text.empty() ? rl::RewardWeights{.engagement = 1} : rl::parse_reward(text);
}

Json object_of(const Json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end() || found->is_null()) return Json::object();
  if (!found->is_object()) throw RequestError(400, fmt::format("{}: expected an object of names and numbers", name));
  return *found;
}

std::shared_ptr<const rl::Environment> catalogue_of(const rl::View& view, const std::vector<std::string>& assignments,
                                                    const rl::RewardWeights& reward) {
  if (view.users().size() * view.items().size() > most_offers) {
    throw RequestError(409,
                       "there are too many people and items for the page: 'infodiet simulate --environment "
                       "catalogue' takes its time");
  }
  // A small catalogue is offered in smaller parts, since nothing is offered again once it was taken.
  constexpr rl::CatalogueOptions usual;
  std::vector<std::string> settings = assignments;
  if (const std::size_t items = view.items().size(); items > usual.steps && items < usual.steps + usual.candidates) {
    settings.push_back(fmt::format("candidates={}", items - usual.steps));
  }
  const recsys::Recommender& recommender =
      view.model() ? static_cast<const recsys::Recommender&>(*view.model()) : view.popularity();
  return std::make_shared<const rl::CatalogueEnvironment>(
      rl::make_catalogue(view.world(), recommender, settings, reward));
}

std::vector<std::shared_ptr<const rl::Policy>> policies_of(const Scene& scene, engine::ThreadPool& pool,
                                                           const Json& request) {
  const Json& names = request["Policies"];
  if (names.empty() || names.size() > most_policies) {
    throw RequestError(400, fmt::format("Policies: expected 1 to {} names", most_policies));
  }
  std::vector<std::shared_ptr<const rl::Policy>> policies;
  for (const Json& name : names) {
    if (name == slow_policy) throw RequestError(409, "slateq learns for too long here: 'infodiet simulate' has it");
    policies.push_back(rl::make_policy(
        name.get<std::string>(), {.environment = *scene.environment, .optimum = scene.optimum.get(), .pool = pool}));
  }
  return policies;
}

std::int64_t number_of(const Json& request, const char* name, std::int64_t preset, std::int64_t most) {
  const auto found = request.find(name);
  const std::int64_t number = found == request.end() || found->is_null() ? preset : found->get<std::int64_t>();
  if (number < 0 || number > most) {
    throw RequestError(400, fmt::format("{}: expected a whole number from 0 to {}", name, most));
  }
  return number;
}

Json shown_json(const rl::Candidate& shown, const LoadedView& view, bool of_data) {
  Json topics = Json::array();
  for (const rl::Topic topic : shown.topics) {
    topics.push_back(of_data ? view.view.topics().names[topic] : fmt::format("topic {}", topic + 1));
  }
  Json json = {{"title", nullptr}, {"topics", std::move(topics)}, {"quality", nullptr}, {"clickbait", nullptr}};
  if (of_data) json["title"] = view.view.items()[shown.item].label();
  if (shown.quality) json["quality"] = *shown.quality;
  if (shown.clickbait) json["clickbait"] = *shown.clickbait;
  return json;
}

Json steps_json(const std::vector<rl::WatchedStep>& steps, const LoadedView& view, bool of_data) {
  Json json = Json::array();
  for (const rl::WatchedStep& step : steps) {
    Json shown = Json::array();
    for (const rl::Candidate& one : step.shown) shown.push_back(shown_json(one, view, of_data));
    json.push_back({{"shown", std::move(shown)},
                    {"chosen", step.event.chosen == rl::Event::nothing ? Json(nullptr) : Json(step.event.chosen)},
                    {"reward", step.reward},
                    {"taste", step.taste}});
  }
  return json;
}

constexpr std::int64_t last_session = 1'000'000'000;

}  // namespace

Simulations::Turn Simulations::take_turn() {
  Turn turn(turn_, std::try_to_lock);
  if (!turn)
    throw RequestError(429, "another simulation is running, and there is one at a time: try again in a second", 1);
  return turn;
}

const Scene& Simulations::scene(const std::shared_ptr<const LoadedView>& view, const Json& request) {
  const auto name = request["Environment"].get<std::string>();
  const rl::KnownEnvironment& known = rl::known_environment(name);
  const Json settings = object_of(request, "Settings");
  const Json reward = object_of(request, "Reward");
  const std::string key = fmt::format("{} {} {} {}", view->number, name, settings.dump(), reward.dump());
  if (key == key_) return scene_;
  if (!known.of_data() && !reward.empty()) {
    throw RequestError(400, fmt::format("Reward: {} has a reward of its own; catalogue takes one", name));
  }
  const std::vector<std::string> assignments = assignments_of(known, settings);
  key_.clear();
  scene_.view = view;
  scene_.environment = known.of_data() ? catalogue_of(view->view, assignments, reward_of(reward))
                                       : std::shared_ptr<const rl::Environment>(known.make(assignments));
  scene_.optimum = scene_.environment->solve();
  key_ = key;
  return scene_;
}

Reply simulation_choices(Service&, const Call&) {
  Json json = {{"environments", Json::array()},
               {"lessons", Json::array()},
               {"policies", Json::array()},
               {"reward", Json::array()}};
  for (const rl::KnownEnvironment& known : rl::known_environments()) {
    Json settings = Json::array();
    for (const recsys::SettingInfo& setting : known.settings) {
      if (is_trait(setting)) settings.push_back(setting_json(setting));
    }
    json["environments"].push_back({{"name", std::string(known.name)},
                                    {"summary", std::string(known.summary)},
                                    {"assumptions", std::string(known.assumptions)},
                                    {"of_data", known.of_data()},
                                    {"settings", std::move(settings)}});
  }
  for (const Lesson& lesson : lessons()) {
    if (lesson.weeks > 0) continue;
    json["lessons"].push_back({{"name", std::string(lesson.name)},
                               {"title", std::string(lesson.title)},
                               {"question", std::string(lesson.question)},
                               {"environment", std::string(lesson.environment)}});
  }
  for (const rl::KnownPolicy& known : rl::known_policies()) {
    if (known.name == slow_policy) continue;
    json["policies"].push_back({{"name", std::string(known.name)}, {"meaning", std::string(known.meaning)}});
  }
  for (const auto& term : rl::RewardWeights::settings()) json["reward"].push_back(setting_json(term));
  return json_reply(json);
}

Reply simulation_session(Service& service, const Call& call) {
  const std::int64_t person = number_of(call.body, "Person", 0, last_session);
  const std::int64_t seed = number_of(call.body, "Seed", 1, last_session);
  const Simulations::Turn turn = service.simulations.take_turn();
  const Readers::Lease reader = service.readers.borrow();
  const Scene& scene = service.simulations.scene(service.views.current(), call.body);
  const bool of_data = rl::known_environment(scene.environment->name()).of_data();
  const rl::Shape shape = scene.environment->shape();
  Json topics = Json::array();
  for (std::size_t topic = 0; topic < shape.topics; ++topic) {
    topics.push_back(of_data ? scene.view->view.topics().names[topic] : fmt::format("topic {}", topic + 1));
  }
  Json json = {{"steps", shape.steps}, {"topics", std::move(topics)}, {"feeds", Json::array()}};
  for (const auto& policy : policies_of(scene, reader->pool, call.body)) {
    const auto steps =
        rl::watch(*scene.environment, *policy, static_cast<std::uint64_t>(seed), static_cast<std::uint32_t>(person));
    json["feeds"].push_back({{"policy", policy->name()}, {"steps", steps_json(steps, *scene.view, of_data)}});
  }
  return json_reply(json);
}

Reply simulation_people(Service& service, const Call& call) {
  const std::int64_t first = number_of(call.body, "First", 0, last_session);
  const std::int64_t people = number_of(call.body, "People", most_people, most_people);
  const std::int64_t seed = number_of(call.body, "Seed", 1, last_session);
  if (people == 0) throw RequestError(400, fmt::format("People: expected a whole number from 1 to {}", most_people));
  const Simulations::Turn turn = service.simulations.take_turn();
  const Readers::Lease reader = service.readers.borrow();
  const Scene& scene = service.simulations.scene(service.views.current(), call.body);
  Json json = {{"optimum", nullptr}, {"random", nullptr}, {"feeds", Json::array()}};
  if (scene.optimum) {
    json["optimum"] = scene.optimum->value;
    json["random"] = scene.optimum->random;
  }
  for (const auto& policy : policies_of(scene, reader->pool, call.body)) {
    const std::vector<double> earned = rl::simulate(*scene.environment, *policy,
                                                    {.seed = static_cast<std::uint64_t>(seed),
                                                     .first = static_cast<std::uint32_t>(first),
                                                     .count = static_cast<std::size_t>(people)},
                                                    reader->pool);
    json["feeds"].push_back({{"policy", policy->name()}, {"earned", earned}});
  }
  return json_reply(json);
}

}  // namespace infodiet::tools::serve
