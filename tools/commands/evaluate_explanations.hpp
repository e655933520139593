// `evaluate --explanations`: whether the reasons given carry the scores.
#pragma once

#include "recsys/store/database.hpp"
#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// Prints recsys/reasons/faithfulness.hpp's curves of the published attention model.
ExitCode evaluate_explanations(const recsys::Database& db, const Context& context);

}  // namespace infodiet::tools
