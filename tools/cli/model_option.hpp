// The option that selects a stored model instead of the published one.
#pragma once

#include <cstdint>
#include <optional>

#include "tools/cli/options.hpp"

namespace infodiet::tools {

/// Adds --model, which sets `model` to an id of 1 or more.
inline void add_model_option(OptionSet& options, std::optional<std::int64_t>& model) {
  options.integer({.name = "model",
                   .value = "ID",
                   .help = "use a stored model instead of the published one ('infodiet models' lists them)"},
                  model, {.minimum = 1});
}

}  // namespace infodiet::tools
