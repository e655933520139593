// What a simulated person does with several feeds, what feeds earn from many people, and storing that as a run.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "engine/io/json_text.hpp"
#include "recsys/settings.hpp"
#include "rl/environments/catalogue_bound.hpp"
#include "rl/policies/registry.hpp"
#include "rl/reward.hpp"
#include "rl/runs/watch.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/service.hpp"
#include "tools/simulate/bounds.hpp"
#include "tools/simulate/compare_policies.hpp"
#include "tools/simulate/lessons.hpp"

namespace infodiet::tools::serve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t most_people = 50;  // of one request
constexpr std::int64_t most_kept = 500;   // of a stored run
constexpr std::int64_t last_session = 1'000'000'000;
constexpr std::size_t together = 5;                        // people simulated between two checks of the time
constexpr std::chrono::milliseconds computing_time{1000};  // for what people earn; bounds may take the same time again

Json setting_json(const recsys::SettingInfo& setting) {
  return {{"name", std::string(setting.name)},
          {"value", setting.value},
          {"low", setting.low},
          {"high", setting.high},
          {"meaning", std::string(setting.meaning)}};
}

// "name=value,..." as an object of numbers.
Json numbers_of(std::string_view assignments) {
  Json numbers = Json::object();
  if (assignments.empty()) return numbers;
  for (const std::string& one : split_list(std::string(assignments))) {
    const std::size_t sign = one.find('=');
    numbers[one.substr(0, sign)] = std::stod(one.substr(sign + 1));
  }
  return numbers;
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

// What several feeds earned from the same people: equally many values for each.
using Earned = std::vector<std::vector<double>>;

Earned earned_within(const Scene& scene, const std::vector<NamedPolicy>& policies, const rl::SessionPlan& plan,
                     engine::ThreadPool& pool) {
  Earned earned(policies.size());
  const Clock::time_point ending = Clock::now() + computing_time;
  for (std::size_t done = 0; done < plan.count && (done == 0 || Clock::now() < ending); done += together) {
    rl::SessionPlan part = plan;
    part.first += static_cast<std::uint32_t>(done);
    part.count = std::min(together, plan.count - done);
    for (std::size_t i = 0; i < policies.size(); ++i) {
      const std::vector<double> more = rl::simulate(*scene.environment, *policies[i].policy, part, pool);
      earned[i].insert(earned[i].end(), more.begin(), more.end());
    }
  }
  return earned;
}

// Bounds for the first of these people, as many as there is time for.
Json bounds_within(const rl::CatalogueEnvironment& catalogue, const rl::SessionPlan& plan, engine::ThreadPool& pool) {
  Json bounds = Json::array();
  const Clock::time_point ending = Clock::now() + computing_time;
  for (std::size_t i = 0; i < plan.count && (i == 0 || Clock::now() < ending); ++i) {
    rl::SessionPlan one = plan;
    one.first += static_cast<std::uint32_t>(i);
    one.count = 1;
    bounds.push_back(rl::catalogue_bounds(catalogue, one, pool).front());
  }
  return bounds;
}

SimulationSetup request_of(const Scene& scene, const std::vector<std::string>& policies, std::int64_t people) {
  SimulationSetup request;
  request.environment = scene.name;
  if (!scene.settings.empty()) request.settings = fmt::format("{}", fmt::join(scene.settings, ","));
  request.policies = fmt::format("{}", fmt::join(policies, ","));
  request.users = static_cast<std::size_t>(people);
  request.reward = scene.reward;
  return request;
}

Stage stage_of(const Scene& scene) {
  Stage stage{.name = scene.name,
              .settings = scene.settings,
              .reward = {},
              .world = {},
              .environment = scene.environment,
              .catalogue = scene.catalogue};
  if (scene.catalogue) stage.reward = scene.catalogue->reward();
  return stage;
}

rl::StoredIds ids_of(const Scene& scene) {
  if (!scene.of_data()) return {};
  const recsys::Dataset& data = scene.view->view.world().data;
  return {.users = data.user_ids, .items = data.item_ids, .forgets = data.forgets};
}

std::int64_t people_of(const Json& body, std::int64_t most) {
  const std::int64_t people = number_of(body, "People", most, most);
  if (people == 0) throw RequestError(400, fmt::format("People: expected a whole number from 1 to {}", most));
  return people;
}

}  // namespace

Reply simulation_choices(Service&, const Call&) {
  Json json = {{"environments", Json::array()},
               {"lessons", Json::array()},
               {"policies", Json::array()},
               {"reward", Json::array()}};
  for (const rl::KnownEnvironment& known : rl::known_environments()) {
    Json settings = Json::array();
    for (const recsys::SettingInfo& setting : traits_of(known)) settings.push_back(setting_json(setting));
    json["environments"].push_back({{"name", std::string(known.name)},
                                    {"summary", std::string(known.summary)},
                                    {"assumptions", std::string(known.assumptions)},
                                    {"of_data", known.of_data()},
                                    {"policies", policies_in(known)},
                                    {"settings", std::move(settings)}});
  }
  for (const Lesson& lesson : lessons()) {
    if (lesson.weeks > 0) continue;
    json["lessons"].push_back({{"name", std::string(lesson.name)},
                               {"title", std::string(lesson.title)},
                               {"question", std::string(lesson.question)},
                               {"environment", std::string(lesson.environment)},
                               {"settings", numbers_of(lesson.settings)},
                               {"change", numbers_of(lesson.change)}});
  }
  for (const rl::KnownPolicy& known : rl::known_policies()) {
    json["policies"].push_back({{"name", std::string(known.name)}, {"meaning", std::string(known.meaning)}});
  }
  for (const auto& term : rl::RewardWeights::settings()) json["reward"].push_back(setting_json(term));
  return json_reply(json);
}

Reply simulation_session(Service& service, const Call& call) {
  const std::int64_t person = number_of(call.body, "Person", 0, last_session);
  const std::int64_t seed = number_of(call.body, "Seed", 1, last_session);
  const Simulations::Turn turn = service.simulations.take_turn();
  return service.readers.compute([&](Reader& reader) {
    const Scene& scene = service.simulations.scene(service.views.current(), call.body);
    const bool of_data = scene.of_data();
    const rl::Shape shape = scene.environment->shape();
    Json topics = Json::array();
    for (std::size_t topic = 0; topic < shape.topics; ++topic) {
      topics.push_back(of_data ? scene.view->view.topics().names[topic] : fmt::format("topic {}", topic + 1));
    }
    Json json = {{"steps", shape.steps}, {"topics", std::move(topics)}, {"feeds", Json::array()}};
    for (const NamedPolicy& feed : policies_of(scene, reader.pool, call.body)) {
      const auto steps = rl::watch(*scene.environment, *feed.policy, static_cast<std::uint64_t>(seed),
                                   static_cast<std::uint32_t>(person));
      json["feeds"].push_back({{"policy", feed.name}, {"steps", steps_json(steps, *scene.view, of_data)}});
    }
    return json_reply(json);
  });
}

Reply simulation_people(Service& service, const Call& call) {
  const std::int64_t first = number_of(call.body, "First", 0, last_session);
  const std::int64_t people = people_of(call.body, most_people);
  const std::int64_t seed = number_of(call.body, "Seed", 1, last_session);
  const std::int64_t bounded = number_of(call.body, "Bounds", 0, most_people);
  const Simulations::Turn turn = service.simulations.take_turn();
  return service.readers.compute([&](Reader& reader) {
    const Scene& scene = service.simulations.scene(service.views.current(), call.body);
    const std::vector<NamedPolicy> policies = policies_of(scene, reader.pool, call.body);
    rl::SessionPlan plan{.seed = static_cast<std::uint64_t>(seed),
                         .first = static_cast<std::uint32_t>(first),
                         .count = static_cast<std::size_t>(people)};
    const Earned earned = earned_within(scene, policies, plan, reader.pool);
    Json json = {{"optimum", nullptr},
                 {"random", nullptr},
                 {"bounds", Json::array()},
                 {"no_bound", nullptr},
                 {"feeds", Json::array()}};
    for (std::size_t i = 0; i < policies.size(); ++i) {
      json["feeds"].push_back({{"policy", policies[i].name}, {"earned", earned[i]}});
    }
    if (scene.optimum) {
      json["optimum"] = scene.optimum->value;
      json["random"] = scene.optimum->random;
    }
    if (!scene.catalogue) return json_reply(json);
    if (const auto obstacle = rl::catalogue_bound_obstacle(*scene.catalogue)) {
      json["no_bound"] = *obstacle;
    } else if (plan.count = std::min(static_cast<std::size_t>(bounded), earned.front().size()); plan.count > 0) {
      json["bounds"] = bounds_within(*scene.catalogue, plan, reader.pool);
    }
    return json_reply(json);
  });
}

Reply keep_simulation(Service& service, const Call& call) {
  const std::int64_t people = people_of(call.body, most_kept);
  const std::int64_t seed = number_of(call.body, "Seed", 1, last_session);
  const Simulations::Turn turn = service.simulations.take_turn();
  return service.readers.compute([&](Reader& reader) {
    const Scene& scene = service.simulations.scene(service.views.current(), call.body);
    const std::vector<NamedPolicy> policies = policies_of(scene, reader.pool, call.body);
    std::vector<std::string> names;
    names.reserve(policies.size());
    for (const NamedPolicy& policy : policies) names.push_back(policy.name);
    const rl::SessionPlan plan{.seed = static_cast<std::uint64_t>(seed), .count = static_cast<std::size_t>(people)};
    const Stage stage = stage_of(scene);
    const Bounds bounds = find_bounds(stage, plan, reader.pool);
    const Ceiling ceiling{.optimum = scene.optimum.get(), .bounds = bounds.sessions};
    Json kept;
    service.writer.write_alone([&](recsys::Database& db) {
      const SharedOptions shared{.database = db.path(), .threads = 0, .seed = plan.seed};
      const rl::RunRecord record = record_of(request_of(scene, names, people), shared, stage, names);
      rl::RunWriter writer(db, record, rl::Keep::samples, ids_of(scene));
      Json rows = Json::array();
      for (const NamedPolicy& policy : policies) {
        rows.push_back(to_json(run_policy(policy, {*scene.environment, ceiling, plan}, reader.pool, &writer)));
      }
      const Json metrics = {{"policies", rows},
                            {"curve", nullptr},
                            {"optimum", optimum_json(scene.optimum.get())},
                            {"bound", bound_json(bounds)},
                            {"no_bound", bounds.obstacle ? Json(*bounds.obstacle) : Json(nullptr)}};
      writer.finish(engine::json_text(metrics));
      kept = {{"run", writer.run()}, {"command", record.command}, {"policies", std::move(rows)}};
    });
    return json_reply(kept);
  });
}

}  // namespace infodiet::tools::serve
