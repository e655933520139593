// The exception of names and settings that the simulator is given by its user.
#pragma once

#include "engine/errors.hpp"

namespace infodiet::rl {

/// An environment, policy, parameter or reward term that is not known, or a value that is no number or out of range.
/// The message says what was given and lists what is known.
class SettingError : public Error {
 public:
  using Error::Error;
};

}  // namespace infodiet::rl
