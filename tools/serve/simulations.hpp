// Limited simulations for the page: a few people and at most a second per request, one request at a time; traits of
// people and weights of the reward may change, sizes may not. The page repeats requests for more people and can stop at
// any time.
#pragma once

#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <vector>

#include "rl/environments/optimum.hpp"
#include "rl/environments/registry.hpp"
#include "tools/serve/views.hpp"
#include "tools/simulate/simulation.hpp"

namespace infodiet::tools::serve {

/// The setting of a simulation. Owns everything its environment refers to.
struct Scene {
  std::string name{};                   ///< of the environment
  std::vector<std::string> settings{};  ///< "name=value"
  std::optional<std::string> reward{};  ///< "term=weight,..." if one was sent
  std::shared_ptr<const LoadedView> view{};
  std::shared_ptr<const rl::Environment> environment{};
  std::shared_ptr<const rl::CatalogueEnvironment> catalogue{};  ///< the environment, if it is catalogue
  std::shared_ptr<const rl::Optimum> optimum{};                 ///< null if it cannot be computed

  bool of_data() const;
};

/// The settings of an environment that may be changed here.
std::vector<recsys::SettingInfo> traits_of(const rl::KnownEnvironment& known);
/// The policies available there.
std::vector<std::string> policies_in(const rl::KnownEnvironment& known);
/// The policies that a request names. Throws RequestError and SettingError for unavailable ones.
std::vector<NamedPolicy> policies_of(const Scene& scene, engine::ThreadPool& pool, const Json& request);

/// Lets one request at a time simulate.
class Simulations {
 public:
  struct Pass {
    void operator()(std::binary_semaphore* turn) const { turn->release(); }
  };
  /// Makes other simulations wait while it exists.
  using Turn = std::unique_ptr<std::binary_semaphore, Pass>;
  /// Waits a little; throws RequestError 429 while another simulation runs.
  Turn take_turn();

  /// The scene of a request (simulation_fields), reused if equal to the previous one. The caller must hold the turn.
  /// Throws RequestError or SettingError if something is unavailable.
  const Scene& scene(const std::shared_ptr<const LoadedView>& view, const Json& request);

 private:
  void set(const std::shared_ptr<const LoadedView>& view, const Json& request);

  std::binary_semaphore turn_{1};
  std::string key_;
  Scene scene_;
};

}  // namespace infodiet::tools::serve
