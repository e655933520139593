// Simulations that the page asks for, within bounds: a few people at a time and no longer than a second, traits of
// people and weights of the reward but no sizes, one request at a time. Whoever asks for many people asks again and
// again, and stops when they like.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "rl/environments/optimum.hpp"
#include "rl/environments/registry.hpp"
#include "tools/serve/views.hpp"
#include "tools/simulate/simulation.hpp"

namespace infodiet::tools::serve {

/// What a simulation is of. It holds whatever its environment refers to.
struct Scene {
  std::string name{};                   ///< of the environment
  std::vector<std::string> settings{};  ///< "name=value"
  std::optional<std::string> reward{};  ///< "term=weight,..." where one was sent
  std::shared_ptr<const LoadedView> view{};
  std::shared_ptr<const rl::Environment> environment{};
  std::shared_ptr<const rl::CatalogueEnvironment> catalogue{};  ///< that environment, in catalogue
  std::shared_ptr<const rl::Optimum> optimum{};                 ///< null where none can be computed

  bool of_data() const;
};

/// The settings of an environment that may be changed here.
std::vector<recsys::SettingInfo> traits_of(const rl::KnownEnvironment& known);
/// The policies that can be had there.
std::vector<std::string> policies_in(const rl::KnownEnvironment& known);
/// Those that a request names. Throws RequestError and SettingError for what cannot be had.
std::vector<NamedPolicy> policies_of(const Scene& scene, engine::ThreadPool& pool, const Json& request);

class Simulations {
 public:
  /// Holds off other simulations while it lives.
  using Turn = std::unique_lock<std::timed_mutex>;
  /// Waits a little; throws RequestError 429 where another one goes on.
  Turn take_turn();

  /// The scene of what a request sends (simulation_fields), as it was made for the request before where it was. To be
  /// called by whoever has the turn. Throws RequestError and SettingError for what cannot be had.
  const Scene& scene(const std::shared_ptr<const LoadedView>& view, const Json& request);

 private:
  void set(const std::shared_ptr<const LoadedView>& view, const Json& request);

  std::timed_mutex turn_;
  std::string key_;
  Scene scene_;
};

}  // namespace infodiet::tools::serve
