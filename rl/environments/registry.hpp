// The environments by name, for help and the command line.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/settings.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// A row of the table of environments.
struct KnownEnvironment {
  std::string_view name;
  std::string_view summary;  ///< one sentence
  std::string_view assumptions;
  std::vector<recsys::SettingInfo> settings;
  /// Makes it from "name=value" settings; null if it needs a data set, with people, items and a reward given by the
  /// user (rl/environments/data_world.hpp).
  std::unique_ptr<Environment> (*make)(std::span<const std::string> assignments);

  /// Whether it needs a data set.
  bool of_data() const { return make == nullptr; }
};
/// All of them, in the order of help.
std::span<const KnownEnvironment> known_environments();

/// The entry of that name. Throws SettingError listing the known names.
const KnownEnvironment& known_environment(std::string_view name);

/// The environment `name` with its settings changed by `assignments`, each "name=value". Throws SettingError for
/// unknown names and values, and for environments that need data.
std::unique_ptr<Environment> make_environment(std::string_view name, std::span<const std::string> assignments);

}  // namespace infodiet::rl
