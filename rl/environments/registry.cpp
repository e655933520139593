#include "rl/environments/registry.hpp"

#include <fmt/format.h>

#include "rl/environments/catalogue.hpp"
#include "rl/environments/choc_kale.hpp"
#include "rl/environments/exploration.hpp"
#include "rl/environments/satiation.hpp"
#include "rl/errors.hpp"

namespace infodiet::rl {

namespace {

template <class E>
KnownEnvironment entry() {
  return {E::id, E::assumption_text, describe(E::parameters())};
}

template <class E>
std::unique_ptr<Environment> make(std::span<const std::string> assignments) {
  return std::make_unique<E>(read_options(E::id, E::parameters(), assignments));
}

}  // namespace

std::span<const KnownEnvironment> known_environments() {
  static const std::vector<KnownEnvironment> known{entry<ChocKale>(), entry<Satiation>(), entry<Exploration>(),
                                                   entry<CatalogueEnvironment>()};
  return known;
}

const KnownEnvironment& known_environment(std::string_view name) {
  std::vector<std::string_view> names;
  for (const KnownEnvironment& known : known_environments()) {
    if (known.name == name) return known;
    names.push_back(known.name);
  }
  throw SettingError(fmt::format("there is no environment \"{}\": expected one of {}", name, fmt::join(names, ", ")));
}

std::unique_ptr<Environment> make_environment(std::string_view name, std::span<const std::string> assignments) {
  if (name == ChocKale::id) return make<ChocKale>(assignments);
  if (name == Satiation::id) return make<Satiation>(assignments);
  if (name == Exploration::id) return make<Exploration>(assignments);
  throw SettingError(fmt::format("environment {} is not made from parameters alone: give it a data set",
                                 known_environment(name).name));
}

}  // namespace infodiet::rl
