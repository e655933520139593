// Simulations for the page, limited: a few people at a time and at most a second, traits of people and weights of the
// reward but no sizes, one request at a time. The page asks repeatedly for more people, and can stop at any time.
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

/// The setting of a simulation. Owns whatever its environment refers to.
struct Scene {
  std::string name{};                   ///< of the environment
  std::vector<std::string> settings{};  ///< "name=value"
  std::optional<std::string> reward{};  ///< "term=weight,..." if one was sent
  std::shared_ptr<const LoadedView> view{};
  std::shared_ptr<const rl::Environment> environment{};
  std::shared_ptr<const rl::CatalogueEnvironment> catalogue{};  ///< the environment, if it is catalogue
  std::shared_ptr<const rl::Optimum> optimum{};                 ///< null where none can be computed

  bool of_data() const;
};

/// The settings of an environment that may be changed here.
std::vector<recsys::SettingInfo> traits_of(const rl::KnownEnvironment& known);
/// The policies available there.
std::vector<std::string> policies_in(const rl::KnownEnvironment& known);
/// Those that a request names. Throws RequestError and SettingError for unavailable ones.
std::vector<NamedPolicy> policies_of(const Scene& scene, engine::ThreadPool& pool, const Json& request);

class Simulations {
 public:
  /// Keeps other simulations waiting while it exists.
  using Turn = std::unique_lock<std::timed_mutex>;
  /// Waits a little; throws RequestError 429 while another simulation runs.
  Turn take_turn();

  /// The scene of what a request sends (simulation_fields), reused from the request before if equal. The caller must
  /// hold the turn. Throws RequestError and SettingError for what is unavailable.
  const Scene& scene(const std::shared_ptr<const LoadedView>& view, const Json& request);

 private:
  void set(const std::shared_ptr<const LoadedView>& view, const Json& request);

  std::timed_mutex turn_;
  std::string key_;
  Scene scene_;
};

}  // namespace infodiet::tools::serve
