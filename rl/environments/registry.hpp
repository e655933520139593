// The environments by name, as help lists them and the command line asks for them.
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
  std::string_view summary;  ///< a sentence for somebody who has never heard of it
  std::string_view assumptions;
  std::vector<recsys::SettingInfo> settings;
  /// Makes it from "name=value" alone; null where it is made of a data set, which then also gives people, items and a
  /// reward that the user writes (rl/environments/data_world.hpp).
  std::unique_ptr<Environment> (*make)(std::span<const std::string> assignments);

  bool of_data() const { return make == nullptr; }
};
/// All of them, in the order of help.
std::span<const KnownEnvironment> known_environments();

/// The entry of that name. Throws SettingError listing the names that are known.
const KnownEnvironment& known_environment(std::string_view name);

/// The environment `name` with its settings changed by `assignments`, each "name=value". Throws SettingError for names
/// and values that are not known, and for environments of data.
std::unique_ptr<Environment> make_environment(std::string_view name, std::span<const std::string> assignments);

}  // namespace infodiet::rl
