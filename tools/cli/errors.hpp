// Errors of the command line itself. Errors of data and files are in recsys/errors.hpp.
#pragma once

#include "engine/errors.hpp"

namespace infodiet::tools {

/// The command line is wrong: the message says what, and what was expected.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// The user pressed Ctrl-C and the command stopped cleanly; the message says what was kept.
class Interrupted : public Error {
 public:
  using Error::Error;
};

}  // namespace infodiet::tools
