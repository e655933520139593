#include "rl/environments/registry.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "recsys/errors.hpp"
#include "rl/environments/catalogue.hpp"
#include "rl/environments/choc_kale.hpp"
#include "rl/environments/drift.hpp"
#include "rl/environments/exploration.hpp"
#include "rl/environments/satiation.hpp"

namespace infodiet::rl {

namespace {

template <class E>
std::unique_ptr<Environment> make(std::span<const std::string> assignments) {
  return std::make_unique<E>(recsys::read_options(E::id, E::settings(), assignments));
}

template <class E>
KnownEnvironment of_settings(std::string_view summary) {
  return {E::id, summary, E::assumption_text, recsys::describe(E::settings()), make<E>};
}

template <class E>
KnownEnvironment of_data(std::string_view summary) {
  return {E::id, summary, E::assumption_text, recsys::describe(E::settings()), nullptr};
}

}  // namespace

std::span<const KnownEnvironment> known_environments() {
  static const std::vector<KnownEnvironment> known{
      of_settings<ChocKale>("Clickbait engages now, but lowers people's satisfaction."),
      of_settings<Satiation>("Four topics in high and low quality: people tire of topics and regret low quality."),
      of_settings<Exploration>("Two hidden kinds of people: the feed must find out which one it serves."),
      of_settings<Drift>("Tastes move towards what is consumed, and people weary of a narrow taste."),
      of_data<CatalogueEnvironment>("Items and histories of the database, with people who tire, regret and stop.")};
  return known;
}

const KnownEnvironment& known_environment(std::string_view name) {
  std::vector<std::string> names;
  for (const KnownEnvironment& known : known_environments()) {
    if (known.name == name) return known;
    names.emplace_back(known.name);
  }
  throw recsys::SettingError(
      fmt::format("there is no environment \"{}\": expected one of {}", name, fmt::join(names, ", ")),
      std::string(name), names);
}

std::unique_ptr<Environment> make_environment(std::string_view name, std::span<const std::string> assignments) {
  const KnownEnvironment& known = known_environment(name);
  if (!known.of_data()) return known.make(assignments);
  throw recsys::SettingError(fmt::format("environment {} needs a data set", known.name));
}

}  // namespace infodiet::rl
