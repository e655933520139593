// The option that says which ratings count as liked.
#pragma once

#include <optional>
#include <string>

#include "recsys/data/liking.hpp"
#include "tools/cli/options.hpp"

namespace infodiet::tools {

/// Declares --liked and reads it.
class LikedOption {
 public:
  /// `otherwise` describes the default.
  void add_to(OptionSet& options, const std::string& otherwise);
  /// Nothing if it was not given. Throws UsageError.
  std::optional<recsys::Liking> liking() const;

 private:
  std::optional<std::string> text_;
};

}  // namespace infodiet::tools
