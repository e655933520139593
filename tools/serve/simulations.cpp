#include "tools/serve/simulations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>

#include "engine/io/json_text.hpp"
#include "rl/environments/registry.hpp"
#include "rl/policies/registry.hpp"
#include "rl/reward.hpp"
#include "tools/serve/errors.hpp"

namespace infodiet::tools::serve {
namespace {

constexpr std::size_t most_policies = 8;
constexpr std::size_t most_offers = 20'000'000;     // people times items, which catalogue ranks in advance it starts
constexpr std::string_view slow_policy = "slateq";  // it learns for up to a minute
constexpr std::array<std::string_view, 2> weekly_traits{"loyalty",
                                                        "attachment"};  // which have no effect in single sessions

// Traits of people may be changed here; sizes, which determine the run time, may not.
bool is_trait(const recsys::SettingInfo& setting) {
  return setting.kind == recsys::SettingKind::real &&
         std::find(weekly_traits.begin(), weekly_traits.end(), setting.name) == weekly_traits.end();
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

std::optional<std::string> reward_of(const Json& weights) {
  std::vector<std::string> terms;
  for (const auto& [term, weight] : weights.items()) {
    if (!weight.is_number()) throw RequestError(400, fmt::format("Reward: {}: expected a number", term));
    terms.push_back(fmt::format("{}={}", term, weight.get<double>()));
  }
  return terms.empty() ? std::nullopt : std::optional(fmt::format("{}", fmt::join(terms, ",")));
}

Json object_of(const Json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end() || found->is_null()) return Json::object();
  if (!found->is_object()) throw RequestError(400, fmt::format("{}: expected an object of names and numbers", name));
  return *found;
}

// A small catalogue gets smaller candidate sets, since taken items are not offered again.
void offer_less(std::size_t items, std::vector<std::string>& settings) {
  constexpr rl::CatalogueOptions usual;
  if (items > usual.steps && items < usual.steps + usual.candidates) {
    settings.push_back(fmt::format("candidates={}", items - usual.steps));
  }
}

std::shared_ptr<const rl::CatalogueEnvironment> catalogue_of(const rl::View& view,
                                                             const std::vector<std::string>& settings,
                                                             const rl::RewardWeights& reward) {
  if (view.users().size() * view.items().size() > most_offers) {
    throw RequestError(409, "too many people and items for the page: use 'infodiet simulate --environment catalogue'");
  }
  const recsys::Recommender& recommender =
      view.model() ? static_cast<const recsys::Recommender&>(*view.model()) : view.popularity();
  return std::make_shared<const rl::CatalogueEnvironment>(
      rl::make_catalogue(view.world(), recommender, settings, reward));
}

}  // namespace

bool Scene::of_data() const {
  return catalogue != nullptr;
}

std::vector<recsys::SettingInfo> traits_of(const rl::KnownEnvironment& known) {
  std::vector<recsys::SettingInfo> traits;
  std::copy_if(known.settings.begin(), known.settings.end(), std::back_inserter(traits), is_trait);
  return traits;
}

std::vector<std::string> policies_in(const rl::KnownEnvironment& known) {
  const std::unique_ptr<rl::Environment> environment = known.of_data() ? nullptr : known.make({});
  const rl::Optimum optimum;
  engine::ThreadPool pool(1);
  std::vector<std::string> names;
  for (const rl::KnownPolicy& policy : rl::known_policies()) {
    if (policy.name == slow_policy) continue;
    const bool had =
        environment ? !rl::policy_obstacle(policy.name, {*environment, &optimum, pool}) : !policy.of_one_environment;
    if (had) names.emplace_back(policy.name);
  }
  return names;
}

std::vector<NamedPolicy> policies_of(const Scene& scene, engine::ThreadPool& pool, const Json& request) {
  const Json& names = request["Policies"];
  if (names.empty() || names.size() > most_policies) {
    throw RequestError(400, fmt::format("Policies: expected 1 to {} names", most_policies));
  }
  std::vector<NamedPolicy> policies;
  for (const Json& name : names) {
    if (name == slow_policy) throw RequestError(409, "slateq learns for too long here: use 'infodiet simulate'");
    policies.push_back(
        {name.get<std::string>(),
         rl::make_policy(name.get<std::string>(),
                         {.environment = *scene.environment, .optimum = scene.optimum.get(), .pool = pool})});
  }
  return policies;
}

Simulations::Turn Simulations::take_turn() {
  constexpr std::chrono::seconds patience{5};
  if (!turn_.try_acquire_for(patience)) {
    throw RequestError(429, "another simulation is running, one at a time: try again in a second", 1);
  }
  return Turn(&turn_);
}

void Simulations::set(const std::shared_ptr<const LoadedView>& view, const Json& request) {
  const rl::KnownEnvironment& known = rl::known_environment(scene_.name);
  scene_.settings = assignments_of(known, object_of(request, "Settings"));
  scene_.reward = reward_of(object_of(request, "Reward"));
  if (!known.of_data() && scene_.reward) {
    throw RequestError(400, fmt::format("Reward: {} has a reward of its own; only catalogue takes one", known.name));
  }
  scene_.view = view;
  if (known.of_data()) {
    offer_less(view->view.items().size(), scene_.settings);
    const rl::RewardWeights weights =
        scene_.reward ? rl::parse_reward(*scene_.reward) : rl::RewardWeights{.engagement = 1};
    scene_.catalogue = catalogue_of(view->view, scene_.settings, weights);
    scene_.environment = scene_.catalogue;
  } else {
    scene_.environment = known.make(scene_.settings);
  }
  scene_.optimum = scene_.environment->solve();
}

const Scene& Simulations::scene(const std::shared_ptr<const LoadedView>& view, const Json& request) {
  std::string key = fmt::format("{} {} {} {}", view->number, engine::json_text(request["Environment"]),
                                engine::json_text(request.value("Settings", Json())),
                                engine::json_text(request.value("Reward", Json())));
  if (key == key_) return scene_;
  key_.clear();
  scene_ = {.name = request["Environment"].get<std::string>()};
  set(view, request);
  key_ = std::move(key);
  return scene_;
}

}  // namespace infodiet::tools::serve
