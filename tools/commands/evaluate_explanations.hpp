// `evaluate --explanations`: how faithful reasons are.
#pragma once

#include <cstdint>
#include <optional>

#include "recsys/store/database.hpp"
#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// Prints the curves of recsys/reasons/faithfulness.hpp of the published attention model, or that with the id `model`.
ExitCode evaluate_explanations(const recsys::Database& db, std::optional<std::int64_t> model, const Context& context);

}  // namespace infodiet::tools
