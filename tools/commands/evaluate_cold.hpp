// `evaluate --cold`: how well items that nobody consumed in training are ranked, by topics and by attributes.
#pragma once

#include "recsys/store/database.hpp"
#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// Takes `share` of the items out of training, trains without them in the published model's shape, and prints how the
/// targets among them are ranked. Throws DataError without a published model, or if no target is among them.
void evaluate_cold(const recsys::Database& db, double share, const Context& context);

}  // namespace infodiet::tools
