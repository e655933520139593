// The environments by name, as help lists them and the command line asks for them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rl/environment.hpp"
#include "rl/parameters.hpp"

namespace infodiet::rl {

struct KnownEnvironment {
  std::string_view name;
  std::string_view assumptions;
  std::vector<ParameterInfo> parameters;
};
/// All of them, in the order of help.
std::span<const KnownEnvironment> known_environments();

/// The entry of that name. Throws SettingError listing the names that are known.
const KnownEnvironment& known_environment(std::string_view name);

/// The environment `name` with its parameters set by `assignments`, each "name=value". Throws SettingError for names
/// and values that are not known, and for "catalogue", which is made from data (rl/environments/catalogue.hpp).
std::unique_ptr<Environment> make_environment(std::string_view name, std::span<const std::string> assignments);

}  // namespace infodiet::rl
