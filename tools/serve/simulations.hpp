// Simulations that the page asks for, within bounds: a few people at a time, traits of people and weights of the reward
// but no sizes, one request at a time. Whoever asks for many people asks again and again, and stops when they like.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "rl/environment.hpp"
#include "rl/environments/optimum.hpp"
#include "rl/policy.hpp"
#include "tools/serve/route.hpp"
#include "tools/serve/views.hpp"

namespace infodiet::tools::serve {

/// What a simulation is of. It holds whatever its environment refers to.
struct Scene {
  std::shared_ptr<const LoadedView> view;
  std::shared_ptr<const rl::Environment> environment;
  std::shared_ptr<const rl::Optimum> optimum;  ///< null where none can be computed
};

class Simulations {
 public:
  /// Holds off other simulations while it lives.
  using Turn = std::unique_lock<std::mutex>;
  /// Throws RequestError 429 where another one is running.
  Turn take_turn();

  /// The scene of what a request sends (simulation_fields), as it was made for the request before where it was. To be
  /// called by whoever has the turn. Throws RequestError and SettingError for what cannot be had.
  const Scene& scene(const std::shared_ptr<const LoadedView>& view, const Json& request);

 private:
  std::mutex turn_;
  std::string key_;
  Scene scene_;
};

}  // namespace infodiet::tools::serve
