// Arms that choose lists, each for a share of the people, assigned by a hash of their ids, so that everybody keeps
// their arm.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rl/answers/recommend.hpp"

namespace infodiet::tools::serve {

/// One arm: what chooses its lists, for which share of the people.
struct Arm {
  std::string name = "attention";
  rl::Chooser chooser = rl::Chooser::recommender;
  double share = 1;
};

/// The arms of a service; their shares sum to 1.
class Arms {
 public:
  /// Attention for everybody.
  Arms() : arms_(1) {}
  /// From a text such as attention=0.5,agent=0.5. Throws SettingError, which begins with `where`, unless names are
  /// known and given once, and shares are above 0 and sum to 1.
  Arms(const std::string& text, const std::string& where);

  const Arm& of(std::string_view user) const;
  bool has(rl::Chooser chooser) const;

 private:
  std::vector<Arm> arms_;
};

}  // namespace infodiet::tools::serve
